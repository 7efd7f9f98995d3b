import type { Static } from '@sinclair/typebox'
import type { SnapshotShown } from '../control/snapshots.js'
import { type Plane, route } from './plane.js'

/** A world as it was: its name, when it was taken, and how large it is. */
export type Snapshot = Static<typeof SnapshotShown>

/** The snapshots of a server, whichever world they are of. */
export class Snapshots {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** All of them, whichever world they are of. */
  list(): Promise<Snapshot[]> {
    return this.#plane.list('/snapshots')
  }

  /** The bytes of a SQLite file; `redact` leaves out what should not be shared. Throws `unknown-snapshot`. */
  download(name: string, options: { readonly redact?: boolean } = {}): Promise<Uint8Array> {
    return this.#plane.download(route`/snapshots/${name}`, options)
  }

  /** Brings a snapshot in, in place of one of the same name. Throws `invalid-input` and `corrupt-snapshot`. */
  upload(name: string, bytes: Uint8Array): Promise<Snapshot> {
    return this.#plane.upload(route`/snapshots/${name}`, bytes)
  }

  /** Throws `unknown-snapshot`. */
  remove(name: string): Promise<void> {
    return this.#plane.command('DELETE', route`/snapshots/${name}`)
  }
}

/** A world kept as it is, and gone back to. */
export class WorldSnapshots {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** Under a name drawn by the server, where none is given. Throws `invalid-input` and `snapshot-exists`. */
  take(name?: string): Promise<Snapshot> {
    return this.#plane.post('/snapshots', { name })
  }

  /** The world becomes what the snapshot is. Throws `unknown-snapshot`. */
  restore(name: string): Promise<void> {
    return this.#plane.command('POST', route`/snapshots/${name}/restore`)
  }
}
