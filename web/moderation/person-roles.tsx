import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type Role } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { useChange } from '../layout/use-change.ts';
import { peopleTexts as words } from './people-texts.ts';
import { GrantRole, RevokeRole } from './person-documents.ts';

interface Props {
  readonly person: { readonly id: string; readonly name: string; readonly roles: readonly Role[] };
}

type GivenRole = keyof typeof words.roles;

const roles = Object.keys(words.roles) as GivenRole[];

/** The names of roles, the least first. */
export const rolesInWords = (given: readonly Role[]): string =>
  roles
    .filter((role) => given.includes(role))
    .map((role) => words.roles[role])
    .join(', ');

/** Gives and takes the roles of an account, for administrators. */
export function PersonRoles({ person }: Props) {
  const [times, setTimes] = useState(0);
  return (
    <section className="mod-part" aria-labelledby="roles">
      <h2 id="roles">{words.rolesTitle}</h2>
      <ul className="mod-roles">
        {roles.map((role) => (
          <li key={role}>
            <span>{words.roles[role]}</span>
            {/* The key takes the question away. */}
            <RoleControl
              key={String(person.roles.includes(role))}
              person={person}
              role={role}
              onDone={() => setTimes(times + 1)}
            />
          </li>
        ))}
      </ul>
      <p role="status" className="visually-hidden">
        {times > 0 ? words.rolesOf(rolesInWords(person.roles) || words.noRoles) : ''}
      </p>
    </section>
  );
}

interface ControlProps extends Props {
  readonly role: GivenRole;
  readonly onDone: () => void;
}

function RoleControl({ person: { id, name, roles: given }, role, onDone }: ControlProps) {
  const [grant] = useMutation(GrantRole);
  const [revoke] = useMutation(RevokeRole);
  const { isBusy, trouble, run } = useChange();
  const has = given.includes(role);
  const roleName = words.roles[role];

  async function change() {
    const isDone = await run(async () => {
      const options = { variables: { input: { personId: id, role } } };
      if (has) return (await revoke(options)).data?.revokeRole.userErrors;
      return (await grant(options)).data?.grantRole.userErrors;
    });
    if (isDone) onDone();
  }

  return (
    <Confirm
      action={has ? words.revoke : words.grant}
      label={has ? words.revokeOf(roleName) : words.grantOf(roleName)}
      question={has ? words.revokeQuestion(name, roleName) : words.grantQuestion(name, roleName)}
      keep={words.keep}
      className={has ? 'link-button is-danger' : 'link-button'}
      isBusy={isBusy}
      trouble={trouble}
      onConfirm={() => void change()}
    />
  );
}
