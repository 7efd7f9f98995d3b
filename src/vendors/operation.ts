import type { TSchema } from '@sinclair/typebox'
import type { Refusal, RefusalCode } from '../core/refusal.js'
import type { Ground, WeakerCase } from './evidence.js'

/** What happens in the vendor's world when an operation succeeds or is refused. */
export const domainEvents = ['login', 'token-use', 'renew', 'logout'] as const
export type DomainEvent = (typeof domainEvents)[number]

/** A successful answer of an operation, as documentation shows it. */
export interface Answer extends Ground {
  readonly description: string
  /** Parts of the answer that no source states and that were decided here. */
  readonly assumed?: readonly string[]
  /** Cases in which the same answer rests on less; their handlers call `Stage.weaken`. */
  readonly weaker?: readonly WeakerCase[]
  readonly headers?: Readonly<Record<string, string>>
  /** A body as the vendor would send it; left out where the body is empty. */
  readonly example?: unknown
  /** Schema of the body, where the route's `response` has to do for all profiles at once. */
  readonly schema?: TSchema
  /** What of the answer is different, by profile. */
  readonly under?: Readonly<Record<string, Partial<Omit<Answer, 'under'>>>>
}

/** An answer as it is under a profile of the vendor's API. */
export function answerUnder(answer: Answer, profile: string | undefined): Answer {
  const different = profile === undefined ? undefined : answer.under?.[profile]
  return different ? { ...answer, ...different } : answer
}

/** A token with which an operation is asked, and what it is for. */
export interface Presented {
  readonly text: string
  readonly tenant: string | null
  readonly environment: string | null
}

/** Who logs in. */
export interface Identity {
  /** A login name. */
  readonly login: string
  readonly password: string
  readonly tenant: string | null
}

/** The rest of a request in which the operation succeeds, if the credential is good. */
export interface Sample {
  readonly params?: Readonly<Record<string, string>>
  readonly body?: string
  readonly contentType?: string
}

/**
 * What a route says of itself beside its schema, and what its method and path rest on; Fastify carries it as
 * `config.operation`.
 */
export interface Operation extends Ground {
  /** The page that names the operation, where its method or path had to be decided here. */
  readonly namedBy?: string
  readonly event?: DomainEvent
  /** Where one route serves several events: which one this decoded body asks for, and which there are. */
  eventOf?(body: unknown): DomainEvent
  readonly events?: readonly DomainEvent[]
  /** Profiles of the vendor's API that have this operation; all, where left out. */
  readonly profiles?: readonly string[]
  /** What a request needs besides its credential; only where that is something. */
  sample?(presented: Presented): Sample
  /** Where it takes a login name, as a rule with a password: the request in which somebody logs in. */
  logIn?(who: Identity): Sample
  /** By status code. */
  readonly answers: Readonly<Record<number, Answer>>
  /**
   * Every refusal that the operation can give, beside those that any operation can; a `Refusal` where its facts make a
   * difference to the answer.
   */
  readonly refuses: readonly (RefusalCode | Refusal)[]
}

/** What a registered operation is called, and where it is. */
export interface RegisteredOperation extends Operation {
  readonly id: string
  readonly method: string
  /** As Fastify writes it, without the vendor's prefix: `/v1/:orgDomain/auth/login`. */
  readonly path: string
}
