import './people.css';
import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Notice } from '../account/notice.tsx';
import { type SetArticleModerationInput } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { numberOf } from './numbers.ts';
import { SetArticleModeration } from './settings-documents.ts';
import { settingsTexts as words } from './settings-texts.ts';

const names = ['slowModeSeconds', 'firstComments', 'maxLinks'] as const;

type OwnSettings = Readonly<Record<(typeof names)[number], number | null>>;

export interface ModeratedArticle {
  readonly id: string;
  readonly viewerModeration: OwnSettings;
}

/** What an article asks of its comments instead of the site. An empty field does as the site does. */
export function ArticleModeration({
  article: { id, viewerModeration },
}: {
  readonly article: ModeratedArticle;
}) {
  const [set] = useMutation(SetArticleModeration);
  const [own, setOwn] = useState(viewerModeration);
  const [saves, setSaves] = useState<{ readonly turn: number; readonly text: string }>();
  return (
    <>
      <p className="hint">{words.ownHint}</p>
      {saves && <Notice key={saves.turn}>{saves.text}</Notice>}
      <FieldsForm
        key={`form ${saves?.turn ?? 0}`}
        action={words.saveArticle}
        pending={words.saving}
        fields={[]}
        others={names}
        send={async (valueOf) => {
          const faults: Fault[] = [];
          const input: SetArticleModerationInput = { articleId: id };
          for (const name of names) {
            const value = numberOf(valueOf(name));
            if (value === undefined) faults.push({ field: [name], message: words.notANumber });
            else if (value !== own[name]) input[name] = value;
          }
          if (faults.length > 0) return faults;
          const say = (text: string) => setSaves({ turn: (saves?.turn ?? 0) + 1, text });
          if (Object.keys(input).length === 1) {
            say(words.unchanged);
            return [];
          }
          const { data } = await set({ variables: { input } });
          const saved = data?.setArticleModeration.article?.viewerModeration;
          if (saved) {
            setOwn(saved);
            say(words.saved);
          }
          return data?.setArticleModeration.userErrors ?? [];
        }}
      >
        {(faults) => (
          <div className="mod-own-settings">
            {names.map((name) => (
              <Field key={name} label={words[name]} hint={words[`${name}Hint`]} error={faults.at(name)}>
                {(control) => (
                  <input
                    {...written}
                    {...control}
                    className="mod-number"
                    name={name}
                    inputMode="numeric"
                    autoComplete="off"
                    placeholder={words.asSite}
                    defaultValue={own[name] ?? ''}
                    onInput={() => faults.forget([name])}
                  />
                )}
              </Field>
            ))}
          </div>
        )}
      </FieldsForm>
    </>
  );
}
