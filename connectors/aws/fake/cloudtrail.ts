/** CloudTrail's history of events. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
import type { Shape } from './answer.ts';
import { AwsError } from './answer.ts';
import { anything } from './iam/targets.ts';
import { choice, maybe, records, text } from './input.ts';
import type { Call, Service } from './operation.ts';
import { read } from './operation.ts';
import type { Cut } from './paging.ts';
import { piece } from './paging.ts';
import type { TrailEvent } from './trail.ts';

const cut: Cut = {
  size: 'MaxResults',
  most: 50,
  usual: 50,
  mark: 'NextToken',
  strange: () => new AwsError('InvalidNextTokenException', 400, 'Invalid token.'),
};

const keep = 90 * 86_400_000;

const attributes = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const;

const valuesOf: Readonly<Record<(typeof attributes)[number], (event: TrailEvent) => readonly string[]>> = {
  EventId: ({ id }) => [id],
  EventName: ({ name }) => [name],
  ReadOnly: ({ readOnly }) => [String(readOnly)],
  Username: ({ userName }) => [userName],
  ResourceType: ({ resources }) => resources.map(({ type }) => type),
  ResourceName: ({ resources }) => resources.map(({ name }) => name),
  EventSource: ({ source }) => [source],
  AccessKeyId: ({ keyId }) => [keyId],
};

/** One attribute at most. */
function wanted({ input }: Call): (event: TrailEvent) => boolean {
  const given = records(input, 'LookupAttributes');
  if (given.length > 1) {
    throw new AwsError('InvalidLookupAttributesException', 400, 'Only one lookup attribute can be given.');
  }
  const [only] = given;
  if (only === undefined) return () => true;
  const key = choice(only, 'AttributeKey', attributes) ?? 'EventId';
  const value = text(only, 'AttributeValue');
  return (event) => valuesOf[key](event).includes(value);
}

/** Seconds since the epoch, as JSON carries them. */
function instantOf({ input }: Call, member: string): number | undefined {
  const value = maybe(input, member);
  return value === undefined ? undefined : Number(value) * 1000;
}

const shape = (event: TrailEvent): Shape => ({
  EventId: event.id,
  EventName: event.name,
  ReadOnly: String(event.readOnly),
  AccessKeyId: event.keyId,
  EventTime: new Date(Math.floor(event.at / 1000) * 1000),
  EventSource: event.source,
  Username: event.userName,
  Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
  CloudTrailEvent: event.json,
});

/** By the world's clock. */
function checkRate({ world, account, region, now }: Call): void {
  const { lookupsPerSecond } = world.switches;
  if (lookupsPerSecond === undefined) return;
  const place = `${account.id} ${region}`;
  const recent = (world.lookups.get(place) ?? []).filter((at) => at > now - 1000);
  if (recent.length >= lookupsPerSecond) throw new AwsError('Throttling', 400, 'Rate exceeded');
  world.lookups.set(place, [...recent, now]);
}

/** Newest first. */
function lookup(call: Call): Shape {
  checkRate(call);
  const { account, world, region, now } = call;
  const from = instantOf(call, 'StartTime') ?? 0;
  const to = instantOf(call, 'EndTime') ?? now;
  if (from > to) throw new AwsError('InvalidTimeRangeException', 400, 'The start is after the end.');
  const isWanted = wanted(call);
  const found = account.trail
    .map((event, at) => ({ event, at }))
    .filter(
      ({ event }) =>
        event.region === region &&
        event.at >= Math.max(from, now - keep) &&
        Math.floor(event.at / 1000) * 1000 <= to &&
        event.at + world.switches.trailDelayMs <= now &&
        isWanted(event),
    );
  const { items, next } = piece(call, found, ({ at }) => String(1e12 - at).padStart(13, '0'), cut);
  return { Events: items.map(({ event }) => shape(event)), NextToken: next };
}

export const cloudTrail: Service = {
  name: 'cloudtrail',
  protocol: 'json',
  space: 'CloudTrail_20131101',
  version: '2013-11-01',
  operations: { LookupEvents: read(anything, lookup) },
};
