import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { job as kind } from '../job.ts';
import type { JobRef } from '../job.ts';
import { jobNeeds, jobs } from '../sources/jobs.ts';
import type { JobRow } from '../sources/jobs.ts';

export const job: Check<PostgresClient, JobRef> = {
  id: 'postgres/job',
  title: 'Is the job still scheduled?',
  of: kind,
  claim: 'in-flight',
  decides: true,
  method: 'lookup',
  needs: jobNeeds,
  docs: 'https://github.com/citusdata/pg_cron#readme',
  effects: [],
  async observe({ ref }, ctx) {
    const answer = await ctx.read(jobs, { database: ref.database, jobId: ref.jobId });
    if (failed(answer)) return answer;
    if (answer.saw === 'value' && 'id' in answer.value) return describe(answer.value, ref);
    return answer.saw === 'nothing' ? { saw: 'absent', controls: answer.controls } : notAJob;
  },
};

const notAJob = {
  saw: 'inconclusive',
  reason: 'R-ANSWER',
  detail: 'the answer was about where jobs are kept, and not about the job',
} as const;

function describe({ name, username, database, active, login }: JobRow, ref: JobRef): Observation {
  const whose =
    ref.username === undefined || ref.username === username ? '' : `, recorded of ${ref.username}`;
  const what = `${name ?? 'a job without a name'}: runs in ${database} as ${username}${whose}`;
  const asleep = active ? whyNot(username, login) : 'it is not active';
  return asleep === undefined
    ? { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-ACTIVE', value: what }
    : {
        saw: 'present',
        state: 'disabled',
        revivedBy: 'others',
        reason: 'R-DISABLED',
        value: `${what}, but ${asleep}`,
      };
}

/** pg_cron goes on trying, and each run fails: it logs in as a role of that name. */
function whyNot(username: string, login: boolean | null): string | undefined {
  if (login === null) return `no role is named ${username}: it runs again as soon as one is`;
  return login ? undefined : `${username} may not log in`;
}
