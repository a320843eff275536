/** Which regions there are, and whose they are: enough of them to be wrong about. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov';

const names = (text: string) => new Set(text.split(' '));
const always = names(
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 ' +
    'eu-north-1 ap-south-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2 ' +
    'cn-north-1 cn-northwest-1 us-gov-west-1 us-gov-east-1',
);
const optIn = names('af-south-1 ap-east-1 eu-south-1 eu-central-2 me-south-1 il-central-1');

export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export const isRegion = (region: string): boolean => always.has(region) || optIn.has(region);
export const isOptIn = (region: string): boolean => optIn.has(region);

/** IAM is one a partition, and is signed for one region of it. */
export const iamRegion: Readonly<Record<Partition, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};
