import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes. What is young in a run is dead in a moment: more room for it is memory that nobody uses. */
const enough = 16 * 1024 * 1024;

/**
 * Keeps V8 from growing the space for young objects beyond what a run has use for: left alone it takes up
 * to 128 MiB of it where a machine has memory to spare. Its limit stands once the process runs, but by how
 * much it grows is asked each time.
 */
export function keepYoungSmall(): void {
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    if (young === undefined || young.space_size < enough) return;
    observer.disconnect();
    setFlagsFromString('--semi-space-growth-factor=1');
  });
  observer.observe({ entryTypes: ['gc'] });
}
