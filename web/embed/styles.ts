/*
 * The styles of the element, as a text for a constructed sheet: a page's policy against inline styles does not concern those. Every
 * colour is a property that the page may set; docs/embed.md lists them. The defaults have a contrast of 4.5 at least.
 */
export const styles = `
:host { display: block; columns: auto !important; }
:host([hidden]) { display: none; }
/*
 * Nothing of the page is inherited from here on, except the scheme; its direction is the attribute \`dir\`. No unit is relative to the page's
 * root: \`medium\` is the size that readers have chosen in their browser. Underlines and first lines do not reach into a float.
 */
.apart { all: initial; color-scheme: inherit; display: flow-root; }
.apart > div { float: inline-start; inline-size: 100%; }
.root {
  all: initial;
  color-scheme: inherit;
  display: block;
  position: relative;
  container-type: inline-size;
  --_text: var(--standfirst-text, light-dark(#1f2328, #e6e8eb));
  --_soft: var(--standfirst-text-soft, light-dark(#59616b, #a3abb5));
  --_surface: var(--standfirst-surface, light-dark(#ffffff, #16191d));
  --_raised: var(--standfirst-surface-raised, light-dark(#f4f6f8, #20252b));
  --_line: var(--standfirst-line, light-dark(#d9dee4, #363d46));
  --_edge: var(--standfirst-edge, light-dark(#7d8792, #78828e));
  --_accent: var(--standfirst-accent, light-dark(#1552b8, #8db8ff));
  --_on-accent: var(--standfirst-on-accent, light-dark(#ffffff, #0b1b33));
  --_danger: var(--standfirst-danger, light-dark(#a9211c, #ff9d94));
  --_good: var(--standfirst-good, light-dark(#1c7a3d, #6fd08c));
  --_radius: var(--standfirst-radius, 10px);
  --_font: var(--standfirst-font, system-ui, sans-serif);
  --_size: var(--standfirst-font-size, medium);
  color: var(--_text);
  font-family: var(--_font);
  font-size: var(--_size);
  line-height: 1.5;
  text-align: start;
  overflow-wrap: anywhere;
}
:host([theme='light']) .root { color-scheme: light; }
:host([theme='dark']) .root { color-scheme: dark; }
:host([theme='auto']) .root { color-scheme: light dark; }
*, *::before, *::after { box-sizing: border-box; }
h2, h3, p, ul, ol { margin: 0; padding: 0; }
ol, ul { list-style: none; }
button, textarea, select { font: inherit; color: inherit; }
button { cursor: pointer; }
/* Each line of what people write by its own first letter, as browsers have it for fields. */
[dir='auto'] { unicode-bidi: plaintext; }
/* Arabic and Hebrew have no italics: browsers would slant their upright letters. */
:dir(rtl) { font-synthesis-style: none; }
a { color: var(--_accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; border-radius: 4px; }
[tabindex='-1']:focus { outline: none; }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.rows { display: grid; gap: 1.25em; align-content: start; }
.reserving { min-height: var(--standfirst-reserved, 100vh); }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em 1em; }
.title { font-size: 1.25em; font-weight: 700; line-height: 1.25; margin-inline-end: auto; }
.mark { display: inline-flex; align-items: center; gap: 0.45em; color: var(--_soft); font-size: 0.8125em; }
.mark::before {
  content: ''; width: 0.6em; height: 0.6em; border-radius: 50%; border: 2px solid var(--_edge);
}
/* As wide as the longest of its texts, so that nothing moves when it changes. */
.fixed { display: inline-grid; }
.fixed > * { grid-area: 1 / 1; }
.spare::before { content: attr(data-text); visibility: hidden; }
.mark.on::before { background: var(--_good); border-color: var(--_good); }
.select {
  border: 1px solid var(--_line); border-radius: 999px; background: var(--_surface); padding: 0.3em 0.8em;
  font-size: 0.8125em;
}
.note { color: var(--_soft); font-size: 0.9375em; }
.note p { margin: 0; white-space: pre-line; }
.panel {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75em 1em;
  padding: 1em 1.1em; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_raised);
}
.fault { color: var(--_danger); font-size: 0.9375em; }
.button {
  border: 1px solid transparent; border-radius: 999px; padding: 0.45em 1.1em; font-weight: 600; font-size: 0.9375em;
  text-decoration: none; display: inline-block; min-height: 2.4em;
}
.main { background: var(--_accent); color: var(--_on-accent); }
.main:hover { filter: brightness(1.08); }
.button:disabled { opacity: 0.55; cursor: default; filter: none; }
.quiet { background: none; border-color: var(--_line); color: var(--_text); }
.quiet:hover { border-color: var(--_edge); }
.wide { width: 100%; text-align: center; }
.composer { display: flex; gap: 0.75em; align-items: flex-start; }
.box {
  flex: 1; min-width: 0; border: 1px solid var(--_edge); border-radius: var(--_radius); background: var(--_surface);
  overflow: clip;
}
.box:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
.box textarea {
  display: block; width: 100%; min-height: 3em; padding: 0.7em 0.9em; border: 0; background: none; resize: none;
  outline: none; field-sizing: content; max-height: 24em;
}
.box.open textarea { min-height: 5.5em; }
textarea::placeholder { color: var(--_soft); opacity: 1; }
.bar {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em 0.75em; padding-block: 0.5em 0.6em;
  padding-inline: 0.9em 0.6em;
}
.bar .note { font-size: 0.8125em; margin-inline-end: auto; min-width: 0; }
.face {
  flex: none; width: 2.4em; height: 2.4em; border-radius: 50%; object-fit: cover; background: var(--_raised);
  display: grid; place-items: center; font-weight: 700; color: var(--_soft); border: 1px solid var(--_line);
}
.face.small { width: 1.9em; height: 1.9em; font-size: 0.9em; }
.list { display: grid; gap: 1.4em; }
.comment { display: flex; gap: 0.75em; border-radius: var(--_radius); }
.comment:focus-visible { outline-offset: 6px; }
.fresh { animation: fresh 2.5s ease-out; }
@keyframes fresh { from { background: color-mix(in srgb, var(--_accent) 16%, transparent); } }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
.main-part { flex: 1; min-width: 0; }
.who { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1em 0.55em; line-height: 1.35; }
.name { font-weight: 700; color: var(--_text); text-decoration: none; }
/* Large enough to be hit by a finger. */
a.name, .meta a { display: inline-block; min-height: 24px; align-content: center; }
a.name:hover { text-decoration: underline; }
.meta { color: var(--_soft); font-size: 0.8125em; }
.meta a { color: inherit; text-decoration: none; }
.meta a:hover { text-decoration: underline; }
.badge {
  font-size: 0.6875em; font-weight: 700; letter-spacing: 0.02em; padding: 0.1em 0.6em; border-radius: 999px;
  border: 1px solid var(--_accent); color: var(--_accent);
}
.badge.warn { border-color: var(--_danger); color: var(--_danger); }
.state { color: var(--_soft); font-size: 0.8125em; font-style: italic; }
.body { margin-top: 0.2em; }
.body > * { margin: 0 0 0.6em; }
.body > :last-child { margin-bottom: 0; }
.body ul, .body ol { padding-inline-start: 1.4em; }
.body ul { list-style: disc; }
.body ol { list-style: decimal; }
.body blockquote { border-inline-start: 3px solid var(--_line); padding-inline-start: 0.8em; color: var(--_soft); }
.body pre { overflow: auto; background: var(--_raised); padding: 0.6em 0.8em; border-radius: 6px; font-size: 0.875em; }
.body code { font-size: 0.9em; }
.gone { color: var(--_soft); font-style: italic; }
.acts { display: flex; flex-wrap: wrap; align-items: center; gap: 0.1em 0.9em; margin-top: 0.25em; }
.act {
  border: 0; background: none; padding: 0.3em 0; min-height: 1.75em; font-size: 0.8125em; font-weight: 600;
  color: var(--_soft); display: inline-flex; align-items: center; gap: 0.35em;
}
.act:hover:not(:disabled) { color: var(--_accent); }
.act[aria-pressed='true'] { color: var(--_accent); }
.act:disabled { cursor: default; }
.act svg { width: 1.15em; height: 1.15em; fill: none; stroke: currentColor; stroke-width: 1.8; }
.act[aria-pressed='true'] svg { fill: currentColor; }
.replies { display: grid; gap: 1.1em; margin-top: 1.1em; }
.replies > .l1 { margin-inline-start: 0; }
.replies > .l2 { margin-inline-start: 1.6em; }
.replies > .l3 { margin-inline-start: 3.2em; }
.replies > .l4 { margin-inline-start: 4.8em; }
.replies { padding-inline-start: 1em; border-inline-start: 2px solid var(--_line); margin-inline-start: calc(1.2em - 1px); }
.reply-box { margin-top: 0.7em; }
.news { position: sticky; top: 0.5em; z-index: 1; justify-self: center; box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); }
.foot { display: flex; flex-wrap: wrap; gap: 0.3em 1em; justify-content: space-between; font-size: 0.75em; color: var(--_soft); }
.foot a { color: inherit; }
@container (max-width: 30em) {
  .title { flex-basis: 100%; }
  .mark { margin-inline-end: auto; }
  .replies { padding-inline-start: 0.7em; margin-inline-start: 0.4em; }
  .replies > .l2 { margin-inline-start: 0.6em; }
  .replies > .l3, .replies > .l4 { margin-inline-start: 1.2em; }
  .composer > .face { display: none; }
  .comment { gap: 0.6em; }
  .face { width: 2em; height: 2em; }
}
@media (forced-colors: active) { .mark.on::before { forced-color-adjust: none; } }
`;
