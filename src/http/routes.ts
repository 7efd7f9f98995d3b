import type { RegisteredOperation } from '../vendors/vendor.js'

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

const isUnder = ({ profiles }: RegisteredOperation, profile: string | undefined): boolean =>
  !profiles || (profile !== undefined && profiles.includes(profile))

/** The operations of one vendor, by path. */
export class Routes {
  readonly operations: RegisteredOperation[] = []
  readonly #patterns: { pattern: RegExp; operation: RegisteredOperation }[] = []

  add(operation: RegisteredOperation): void {
    this.operations.push(operation)
    const literal = operation.path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    this.#patterns.push({ pattern: new RegExp(`^${literal.replace(/:[A-Za-z]+/g, '[^/]+')}$`), operation })
  }

  /** The operations that there are under `profile`. */
  under(profile: string | undefined): RegisteredOperation[] {
    return this.operations.filter((operation) => isUnder(operation, profile))
  }

  /** The methods that `path` has under `profile`; none, where there is no such path. */
  methods(path: string, profile: string | undefined): string[] {
    return this.#at(path)
      .filter((operation) => isUnder(operation, profile))
      .map(({ method }) => method)
  }

  #at(encoded: string): RegisteredOperation[] {
    const path = decoded(encoded)
    return this.#patterns.flatMap(({ pattern, operation }) => (pattern.test(path) ? operation : []))
  }
}
