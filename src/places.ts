import { readlinkSync } from 'node:fs'
import { dirname, join, parse, resolve, sep } from 'node:path'

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/**
 * The places where something else can be put so that another file is read at `path`: each symbolic link on the way to it,
 * and where the way ends, whether there is a file or not.
 */
export function placesOf(path: string): Set<string> {
  const places = new Set<string>()
  let way = resolve(path)
  for (;;) {
    const { root } = parse(way)
    const names = way.slice(root.length).split(sep)
    const links = names.map((_, end) => join(root, ...names.slice(0, end + 1)))
    const at = links.findIndex((link) => targetOf(link) !== undefined)
    const link = links[at] ?? way
    // Links that lead to each other lead nowhere.
    if (places.has(link)) return places
    places.add(link)
    if (at < 0) return places
    way = resolve(dirname(link), targetOf(link) ?? '', ...names.slice(at + 1))
  }
}
