/** Whether a host name, lower case and without a port, is meant by `pattern`, in which `*.` stands for one label. */
export function hostMatches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === host
  const dot = host.indexOf('.')
  return dot > 0 && host.slice(dot) === pattern.slice(1).toLowerCase()
}
