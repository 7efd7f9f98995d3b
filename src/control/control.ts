import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { World } from '../core/world.js'
import type { Worlds } from '../core/worlds.js'
import type { RegisteredOperation, Vendor } from '../vendors/vendor.js'

/** The scope of the control plane: bodies, parameters and queries have the types of their schemas. */
export type ControlApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What the control plane knows of the server it controls. */
export interface Control {
  readonly vendors: readonly Vendor[]
  readonly worlds: Worlds
  readonly seed: number
  readonly version: string
  readonly instance: string
  /** What every control request but `/health` must present, if set. */
  readonly controlToken: string | undefined
  /** The folder with one OpenAPI document a vendor. */
  readonly documents: string
  operations(vendor: string): readonly RegisteredOperation[]
  /** What stands before `/<vendor>` for this client, in the world that it selects. */
  base(request: FastifyRequest): string
  /** The world that a control request selects. */
  world(request: FastifyRequest): World
  /** Why a request could not be placed at all, if so. */
  misplaced(request: FastifyRequest): string | undefined
}
