import * as z from 'zod/mini';

/** How a schema says what none of our own sentences says: `zod/mini` has no words until it is given some. */
export const inEnglish: z.core.ParseContext<z.core.$ZodIssue> = { error: z.locales.en().localeError };
