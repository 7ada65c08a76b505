import { useEffect } from 'react';
import { Link } from 'wouter';
import { WhyNot } from '../account/why-not.tsx';
import { paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { isTarget } from '../layout/reading-place.ts';

interface Props {
  readonly slug: string;
  readonly count: number;
  /** Null: the reader may not see them. */
  readonly addresses: readonly string[] | null;
}

/** The e-mail addresses that are masked in the article's text, for readers who may see them, and for others how to. */
export function ContactAddresses({ slug, count, addresses }: Props) {
  const reader = useReader();
  useEffect(() => {
    // Signing in leads here, before this place existed.
    if (isTarget('#addresses')) document.getElementById('addresses')?.scrollIntoView();
  }, []);
  const here = `${paths.article(slug)}#addresses`;
  return (
    <div className="contact-addresses" id="addresses">
      {/* The same first line for everybody: the served page has it, and takes the same place. */}
      <p>{texts.contactHidden(count)}</p>
      {addresses !== null && (
        <p>
          {addresses.map((address, index) => (
            <span key={address}>
              {index > 0 && ', '}
              <a href={`mailto:${encodeURIComponent(address).replace('%40', '@')}`}>{address}</a>
            </span>
          ))}
        </p>
      )}
      {addresses === null && !reader.isSignedIn && (
        <p>
          <Link href={paths.signIn(here)}>{texts.contactSignIn(count)}</Link>
        </p>
      )}
      {addresses === null && reader.isSignedIn && <WhyNot purpose="seeAddresses" next={here} />}
    </div>
  );
}
