import { setTimeout as sleep } from 'node:timers/promises';

/** Some tokens bear their birth in whole seconds: whoever is made now must not look as if it were of the next story. */
export const nextSecond = () => sleep(1_001 - (Date.now() % 1_000));

/** Asks again until the answer is so; the servers' own pace decides, not a clock. */
export async function until(what: string, is: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 45_000;
  while (!(await is())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(50);
  }
}

/** When a grant begins: what is written at that moment, by the clock's tolerance, could have said more. */
export async function begin(): Promise<Date> {
  await sleep(2_100);
  return new Date();
}
