/**
 * The command line of one of the service's commands, in the form in which this process was started: `npx standfirst
 * migrate` from the installed package, `npm run migrate` in a checkout.
 * @param args its arguments, if any
 */
export function commandLine(command: string, args = ''): string {
  if (process.env.npm_command === 'exec') return `npx standfirst ${command} ${args}`.trimEnd();
  return args === '' ? `npm run ${command}` : `npm run ${command} -- ${args}`;
}
