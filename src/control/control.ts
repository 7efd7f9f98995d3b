import type { FastifyRequest } from 'fastify'
import type { Refusal } from '../core/refusal.js'
import type { Snapshots } from '../core/snapshots.js'
import type { Tally } from '../core/tally.js'
import type { World } from '../core/world.js'
import type { Worlds } from '../core/worlds.js'
import type { Evidence, RegisteredOperation, Vendor, VendorApp } from '../vendors/vendor.js'

/** The scope of the control plane: of the same kind as a vendor's, its bodies typed by their schemas. */
export type ControlApp = VendorApp

/** A request to a vendor, by the vendor's own path. */
export interface Question {
  readonly vendor: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** The client's; nobody's, where left out. */
  readonly address?: string
}

/** Where operations are asked what they would answer, and nothing changes. */
export interface Rehearsal {
  /** A copy of the world that stands still. Whoever changes it rebases it, and closes it. */
  copy(world: World): World
  /** What the operation answers in a world that begins as the copy did. */
  ask(
    copy: World,
    question: Question,
  ): Promise<{ readonly refusal: Refusal | null; readonly evidence: Evidence | null; readonly status: number }>
}

/** A port that the server listens on. */
export interface ControlPort {
  readonly protocol: 'http' | 'https'
  readonly port: number
  /** Whose own it is. */
  readonly vendor?: string
}

/** What the control plane knows of the server it controls. */
export interface Control {
  readonly vendors: readonly Vendor[]
  readonly worlds: Worlds
  /** What this server has done since it began. */
  readonly tally: Tally
  readonly snapshots: Snapshots
  readonly rehearsal: Rehearsal
  readonly seed: number
  readonly version: string
  readonly instance: string
  /** Answers of vendors that rest on less are kept back. */
  readonly required: Evidence | undefined
  /** Whether journals show secrets. */
  readonly journalSecrets: boolean
  /** What every control request but `/health` must present, if set. */
  readonly controlToken: string | undefined
  /** The folder with one OpenAPI document a vendor. */
  readonly documents: string
  operations(vendor: string): readonly RegisteredOperation[]
  /** The certificate of the CA that vouches for this server, in PEM, if it has one of its own. */
  readonly authority: string | undefined
  /** The ports that are listened on, the first one first. */
  ports(): readonly ControlPort[]
  /** Scheme, name and port of this server for this client: where all vendors are, or at that port. */
  origin(request: FastifyRequest, port?: ControlPort): string
  /** What stands before `/<vendor>` for this client, in the world that it selects. */
  base(request: FastifyRequest): string
  /** The world that a control request selects. */
  world(request: FastifyRequest): World
  /** The name of the world that a control request selects, whether it has been made or not. */
  selected(request: FastifyRequest): string
  /** Why a request could not be placed at all, if so. */
  misplaced(request: FastifyRequest): string | undefined
}
