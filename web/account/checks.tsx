interface Props {
  readonly legend: string;
  /** Labels by value. */
  readonly choices: Readonly<Record<string, string>>;
  readonly initial?: readonly string[];
}

/** Boxes of a form, of which any may be checked. The name of each is its value. */
export function Checks({ legend, choices, initial = [] }: Props) {
  return (
    <fieldset className="checks">
      <legend>{legend}</legend>
      {Object.entries(choices).map(([value, label]) => (
        <label key={value} className="check">
          <input type="checkbox" name={value} value="on" defaultChecked={initial.includes(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The values whose boxes are checked. */
export const checkedOf = <V extends string>(choices: readonly V[], valueOf: (name: string) => string): V[] =>
  choices.filter((value) => valueOf(value) === 'on');
