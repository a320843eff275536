import * as z from 'zod/mini';
import type { Kind } from '../../src/connector.ts';
import { privilegesOf, privilegesOn, readObject, revocation } from './objects.ts';
import { oid, roleName } from './names.ts';
import type { ObjectName } from './objects.ts';
import { quoted } from './quoted.ts';

const privilegeName = z.enum([...new Set(Object.values(privilegesOf).flat())]);

const privilegeRef = z
  .strictObject({
    granteeOid: oid,
    grantee: z.optional(roleName),
    object: z.string().check(z.minLength(1)),
    objectOid: z.optional(oid),
    privileges: z.array(privilegeName).check(z.minLength(1)),
    database: z.optional(z.string().check(z.minLength(1))),
  })
  .check(
    z.superRefine((ref, context) => {
      const object = readObject(ref.object);
      if (typeof object === 'string') {
        context.addIssue({ code: 'custom', path: ['object'], message: object });
        return;
      }
      const known = privilegesOn(object);
      for (const [at, one] of ref.privileges.entries()) {
        if (known.includes(one)) continue;
        context.addIssue({
          code: 'custom',
          path: ['privileges', at],
          message: `a ${object.class === 'default' ? object.part : object.class} knows no ${one}: ${known.join(', ')}`,
        });
      }
    }),
  );
export type PrivilegeRef = z.infer<typeof privilegeRef>;

/** @throws Error for a reference that did not come through the schema: a bug. */
export function objectOf(ref: PrivilegeRef): ObjectName {
  const object = readObject(ref.object);
  if (typeof object === 'string') throw new Error(object);
  return object;
}

/** Rights on one object. Whoever grants them twice, or to a group as well, takes them away twice. */
export const privilege: Kind<PrivilegeRef> = {
  kind: 'postgres/privilege',
  title: 'PostgreSQL privilege',
  role: 'entitlement',
  ref: privilegeRef,
  example: { granteeOid: 4_294_967_295, object: 'public.tombstone_example', privileges: ['SELECT'] },
  needed: ['granteeOid', 'object', 'privileges'],
  id: ({ granteeOid, object, objectOid, privileges, database }) =>
    [database ?? [], objectOid ?? object, granteeOid, privileges.toSorted().join(',')].flat().join('/'),
  label: ({ granteeOid, grantee, object, privileges, database }) =>
    `${privileges.join(', ')} on ${object}${database === undefined ? '' : ` in ${database}`} for ${grantee === undefined ? `role oid ${granteeOid}` : `${grantee} (oid ${granteeOid})`}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT0S',
  fix(ref) {
    const from = ref.grantee === undefined ? `the role of oid ${ref.granteeOid}` : quoted(ref.grantee);
    return `${revocation(objectOf(ref), ref.privileges, from)} -- and every other way that the finding names`;
  },
};
