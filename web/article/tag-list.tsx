import { Link } from 'wouter';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';

export function TagList({
  tags,
}: {
  readonly tags: readonly { readonly id: string; readonly name: string }[];
}) {
  return (
    <ul className="tag-list">
      {tags.map(({ id, name }) => (
        <li key={id}>
          <Link {...written} href={paths.tag(name)}>
            #{name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
