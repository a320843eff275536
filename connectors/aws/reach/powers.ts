/** What lets one who may do it on somebody act as that somebody, or give itself more. https://docs.aws.amazon.com/IAM/latest/UserGuide/list_identityandaccessmanagement.html */

/** Any policy may be written, or any attached: afterwards the target may do what its boundary leaves. */
export const rewrites = {
  user: ['iam:PutUserPolicy', 'iam:AttachUserPolicy'],
  role: ['iam:PutRolePolicy', 'iam:AttachRolePolicy'],
  group: ['iam:PutGroupPolicy', 'iam:AttachGroupPolicy'],
} as const;

/** A service that acts with a role that is passed to it, and what starts it. */
export interface Start {
  readonly service: string;
  /** All of them are needed. */
  readonly actions: readonly { readonly name: string; resource(region: string, account: string): string }[];
  /** The request touches resources of several types: a right to some of them proves nothing. */
  readonly several?: true;
  /** The role must stand in an instance profile. */
  readonly profile?: true;
  readonly docs: string;
}

const of = (name: string, service: string, resource: string) => ({
  name,
  resource: (region: string, account: string) => `arn:aws:${service}:${region}:${account}:${resource}`,
});
const anything = (name: string) => ({ name, resource: () => '*' });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html, and per service: */
export const starts: readonly Start[] = [
  {
    service: 'lambda.amazonaws.com',
    actions: [
      of('lambda:CreateFunction', 'lambda', 'function:tombstone'),
      of('lambda:InvokeFunction', 'lambda', 'function:tombstone'),
    ],
    docs: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html',
  },
  {
    service: 'ec2.amazonaws.com',
    actions: [of('ec2:RunInstances', 'ec2', 'instance/*')],
    several: true,
    profile: true,
    docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html',
  },
  {
    service: 'ecs-tasks.amazonaws.com',
    actions: [
      anything('ecs:RegisterTaskDefinition'),
      of('ecs:RunTask', 'ecs', 'task-definition/tombstone:1'),
    ],
    docs: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
  },
  {
    service: 'glue.amazonaws.com',
    actions: [of('glue:CreateJob', 'glue', 'job/tombstone'), of('glue:StartJobRun', 'glue', 'job/tombstone')],
    docs: 'https://docs.aws.amazon.com/glue/latest/dg/configure-iam-for-glue.html',
  },
  {
    service: 'cloudformation.amazonaws.com',
    actions: [of('cloudformation:CreateStack', 'cloudformation', 'stack/tombstone/*')],
    docs: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html',
  },
  {
    service: 'codebuild.amazonaws.com',
    actions: [
      of('codebuild:CreateProject', 'codebuild', 'project/tombstone'),
      of('codebuild:StartBuild', 'codebuild', 'project/tombstone'),
    ],
    docs: 'https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html',
  },
  {
    service: 'sagemaker.amazonaws.com',
    actions: [
      of('sagemaker:CreateNotebookInstance', 'sagemaker', 'notebook-instance/tombstone'),
      of('sagemaker:CreatePresignedNotebookInstanceUrl', 'sagemaker', 'notebook-instance/tombstone'),
    ],
    docs: 'https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html',
  },
];
