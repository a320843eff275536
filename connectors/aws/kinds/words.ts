import * as z from 'zod/mini';

/** A user, as a record names one: by its id, for names are given again. */
export const accountId = z.string().check(z.regex(/^\d{12}$/, 'the account, 12 digits'));
/** A name is given again, a unique id never. */
export const uniqueId = (of: string) =>
  z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, `the unique id: ${of}`));
const userId = uniqueId('AIDA…');
export const named = z.string().check(z.regex(/^[\w+=,.@-]{1,128}$/, 'a name of IAM'));

/** The text of every policy that reached the principal, as JSON: what it could do meanwhile. */
export const policies = z.optional(z.array(z.string()));

/** Of what makes sessions that nobody lists. */
export const sessions = z
  .optional(z.enum(['named']))
  .check(
    z.describe(
      'named: every session that was made through it is a credential of the record, or none was made.',
    ),
  );

export const holder = {
  account: z.optional(accountId),
  userName: z.optional(named),
  /** A name is given again, an id never. */
  userId: z.optional(userId),
};

/** For sentences and commands. */
export const user = ({
  userName,
  userId: id,
}: {
  userName?: string | undefined;
  userId?: string | undefined;
}) => userName ?? id ?? 'a user';

/** A user, a group or a role. */
export const principal = {
  account: z.optional(accountId),
  /** `AIDA…`, `AROA…` or `AGPA…`: the unique id of the user, role or group. */
  principalId: z.optional(uniqueId('AIDA…, AROA…, AGPA…')),
  principalName: z.optional(named),
};
/** For sentences and commands. */
export const holderOf = ({
  principalName,
  principalId,
}: {
  principalName?: string | undefined;
  principalId?: string | undefined;
}) => principalName ?? principalId ?? 'a principal';
