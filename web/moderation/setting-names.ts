import { logTexts as words } from './log-texts.ts';
import { settingsTexts } from './settings-texts.ts';

interface Change {
  readonly setting: string;
  readonly before: string | null;
  readonly after: string | null;
}

const lists: readonly string[] = ['heldHosts', 'allowedHosts'];

/** Names of settings by the names that the API gives them. */
const names: Readonly<Record<string, string>> = {
  isPremoderated: settingsTexts.isPremoderated,
  firstComments: settingsTexts.firstComments,
  maxLinks: settingsTexts.maxLinks,
  heldHosts: settingsTexts.heldHosts,
  allowedHosts: settingsTexts.allowedHosts,
  holdsRepeatedText: settingsTexts.holdsRepeatedText,
  slowModeSeconds: settingsTexts.slowModeSeconds,
  reportsToHold: settingsTexts.reportsToHold,
  claimSeconds: settingsTexts.claimSeconds,
  asksHook: settingsTexts.asksHook,
  hookDeadlineSeconds: settingsTexts.hookDeadlineSeconds,
  hookDeadlineAction: settingsTexts.hookDeadlineAction,
};

const valueOf = (value: string | null): string => {
  if (value === null) return words.nothing;
  if (value === 'HOLD' || value === 'PUBLISH') return settingsTexts.hookActions[value];
  return value === 'true' ? words.on : value === 'false' ? words.off : value;
};

/** A setting before and after a change. A setting of another version is called as the API calls it. */
export function settingInWords({ setting, before, after }: Change): string {
  const name = names[setting] ?? setting;
  if (!lists.includes(setting)) return `${name}: ${words.change(valueOf(before), valueOf(after))}`;
  const parts = [after !== null && words.cameOn(after), before !== null && words.wentOff(before)];
  return `${name}: ${parts.filter((part) => part !== false).join('; ')}`;
}
