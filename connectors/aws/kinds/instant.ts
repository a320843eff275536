import * as z from 'zod/mini';

/** RFC 3339 with a zone. AWS dates to whole seconds. */
export const instant = z.iso.datetime({ offset: true });
