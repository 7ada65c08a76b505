import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type Role, type TokenPartsFragment, type TokenScope } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { Age, Day } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { useNow } from '../layout/use-now.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { checkedOf, Checks } from './checks.tsx';
import { Notice } from './notice.tsx';
import { Secret } from './secret.tsx';
import { Folded, Section } from './section.tsx';
import { CreateToken, OwnTokens, RevokeToken } from './token-documents.ts';
import { tokenTexts as words } from './token-texts.ts';

/** For how many days a token may be valid; the service accepts a year and a day. */
const lifetimes = [7, 30, 90, 365];

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** All scopes, in the order in which they are shown. */
const scopes = Object.keys(words.scopeNames) as TokenScope[];

/** The scopes of which an account with some roles can make use. */
function scopesOf(roles: readonly Role[]): readonly TokenScope[] {
  const has = (...some: Role[]) => roles.some((role) => some.includes(role));
  const use: Partial<Record<TokenScope, boolean>> = {
    PUBLISH: has('JOURNALIST', 'EDITOR', 'ADMINISTRATOR'),
    MODERATE: has('MODERATOR', 'EDITOR', 'ADMINISTRATOR'),
    ADMINISTER: has('ADMINISTRATOR'),
  };
  return scopes.filter((scope) => use[scope] ?? true);
}

/** The tokens by which programs act for the reader. */
export function Tokens() {
  const { data, error, refetch } = useQuery(OwnTokens, { fetchPolicy: 'network-only' });
  const viewer = data?.viewer;
  return (
    <Section id="programs" title={words.title}>
      <p className="hint">{words.hint}</p>
      {viewer ? (
        <TokensOf roles={viewer.roles} tokens={viewer.tokens} onDone={() => refetch()} />
      ) : error ? (
        <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Section>
  );
}

interface Props {
  /** Absent: the reader's own. */
  readonly serviceAccountId?: string;
  /** Of the account. */
  readonly roles: readonly Role[];
  readonly tokens: readonly TokenPartsFragment[];
  /** Reads the tokens anew. */
  readonly onDone: () => Promise<unknown>;
}

/** The tokens of an account, and a form for another one. */
export function TokensOf({ tokens, onDone, ...account }: Props) {
  const now = useNow();
  const [said, setSaid] = useState<string>();
  const isLive = ({ revokedAt, expiresAt }: TokenPartsFragment) =>
    revokedAt === null && Date.parse(expiresAt) > now;
  const live = tokens.filter(isLive);
  const ended = tokens.filter((token) => !isLive(token));
  return (
    <>
      {said !== undefined && <Notice key={said}>{said}</Notice>}
      <List tokens={live} onRevoked={setSaid} />
      <NewToken {...account} onDone={onDone} />
      {ended.length > 0 && (
        <Folded title={words.ended}>
          <List tokens={ended} />
        </Folded>
      )}
    </>
  );
}

interface ListProps {
  readonly tokens: readonly TokenPartsFragment[];
  /** Absent: none of them can be revoked any more. Called with what to say. */
  readonly onRevoked?: (text: string) => void;
}

function List({ tokens, onRevoked }: ListProps) {
  const [revoke] = useMutation(RevokeToken);
  const { isBusy, trouble, run } = useChange();

  async function revokeToken({ id, name }: TokenPartsFragment) {
    const isDone = await run(async () => {
      const { data } = await revoke({ variables: { input: { tokenId: id } } });
      return data?.revokeToken.userErrors;
    });
    if (isDone) onRevoked?.(words.wasRevoked(name));
  }

  return (
    <>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      {tokens.length > 0 && (
        <ul className="account-sessions">
          {tokens.map((token) => (
            <li key={token.id} className="account-session">
              <Token token={token} />
              {onRevoked && token.webhookNames.length > 0 && (
                <Confirm
                  action={words.revoke}
                  label={words.revokeOf(token.name)}
                  question={words.revokeQuestion(token.webhookNames)}
                  keep={words.revokeKeep}
                  className="is-danger"
                  isBusy={isBusy}
                  onConfirm={() => void revokeToken(token)}
                />
              )}
              {onRevoked && token.webhookNames.length === 0 && (
                <button
                  type="button"
                  className="is-danger"
                  aria-label={words.revokeOf(token.name)}
                  aria-disabled={isBusy}
                  onClick={() => void revokeToken(token)}
                >
                  {words.revoke}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Token({
  token: { name, scopes: permitted, documents, expiresAt, lastUsedAt, revokedAt, webhookNames },
}: {
  readonly token: TokenPartsFragment;
}) {
  const now = useNow();
  return (
    <div className="token">
      <p>
        <strong {...written}>{name}</strong>{' '}
        {revokedAt !== null ? (
          <span className="badge">{words.revoked}</span>
        ) : (
          Date.parse(expiresAt) <= now && <span className="badge">{words.expired}</span>
        )}
      </p>
      <p className="hint">
        {documents
          ? words.boundTo(documents.length)
          : permitted.map((scope) => words.scopeNames[scope]).join(' · ')}
      </p>
      {webhookNames.length > 0 && <p className="hint">{words.endsWithIt(webhookNames)}</p>}
      <p className="facts">
        <span>
          {words.expires} <Day time={expiresAt} />
        </span>
        <span>
          {lastUsedAt === null ? (
            words.neverUsed
          ) : (
            <>
              {words.lastUsed} <Age time={lastUsedAt} />
            </>
          )}
        </span>
      </p>
    </div>
  );
}

interface Made {
  readonly name: string;
  readonly secret: string;
}

function NewToken({ serviceAccountId, roles, onDone }: Omit<Props, 'tokens'>) {
  const [create] = useMutation(CreateToken);
  const [made, setMade] = useState<Made>();
  const usable = scopesOf(roles);

  async function send(valueOf: (name: string) => string) {
    const expiresAt = inDays(Number(valueOf('days')));
    const account = serviceAccountId === undefined ? {} : { serviceAccountId };
    const input = { name: valueOf('name'), scopes: checkedOf(usable, valueOf), expiresAt, ...account };
    const { data } = await create({ variables: { input } });
    const { token, secret, userErrors = [] } = data?.createToken ?? {};
    if (token && secret != null) {
      setMade({ name: input.name, secret });
      await onDone();
    }
    return userErrors;
  }

  return (
    <>
      {made && (
        <Notice key={made.secret}>
          <p>{words.made(made.name)}</p>
          <Secret label={words.secret} secret={made.secret} />
        </Notice>
      )}
      {/* The key closes and empties the form. */}
      <Folded key={made?.secret} title={words.make}>
        <FieldsForm
          action={words.make}
          pending={words.making}
          fields={[
            { name: 'name', label: words.name, hint: words.nameHint, type: 'text', autoComplete: 'off' },
          ]}
          send={send}
        >
          <Checks
            legend={words.scopes}
            choices={Object.fromEntries(usable.map((scope) => [scope, words.scopeNames[scope]]))}
            initial={['READ']}
          />
          <Field label={words.days}>
            {(control) => (
              <select {...control} name="days" defaultValue={90}>
                {lifetimes.map((days) => (
                  <option key={days} value={days}>
                    {words.daysOf(days)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </FieldsForm>
      </Folded>
    </>
  );
}
