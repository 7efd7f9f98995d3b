import type { Static } from '@sinclair/typebox'
import { laravelDateTime } from '../../dialects/laravel.js'
import type { ThiioAccount } from './fixture.js'
import type { User } from './wire.js'

/** The model as it is stored, password hash included: the vendor hides nothing. */
export function user({ id, passwordHash, createdAt, updatedAt, profile }: ThiioAccount): Static<typeof User> {
  return {
    id: Number(id),
    uuid: profile.uuid,
    contact_id: profile.contact_id,
    type: profile.type,
    email: profile.email,
    email_verified_at: profile.email_verified_at,
    password: passwordHash,
    metadata: profile.metadata,
    integrations_meta: profile.integrations_meta,
    dialer_extension: profile.dialer_extension,
    dialer_worker_sid: profile.dialer_worker_sid,
    dialer_activity_sid: profile.dialer_activity_sid,
    dialer_activity_name: profile.dialer_activity_name,
    remember_token: profile.remember_token,
    welcome_email_sent: profile.welcome_email_sent,
    two_factor_enabled: profile.two_factor_enabled,
    two_factor_secret_key: profile.two_factor_secret_key,
    deactivated_at: profile.deactivated_at,
    created_at: laravelDateTime(createdAt),
    updated_at: laravelDateTime(updatedAt),
    deleted_at: profile.deleted_at,
    uri: profile.uri,
  }
}
