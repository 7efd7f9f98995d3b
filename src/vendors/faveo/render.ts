import type { Static } from '@sinclair/typebox'
import { md5Hex } from '../../core/digest.js'
import { laravelDateTime, laravelIsoDateTime } from '../../dialects/laravel.js'
import type { FaveoAccount } from './fixture.js'
import type { Profile } from './settings.js'
import type { User, User19 } from './wire.js'

/** `strip_tags`, with which the model of release 2 reads its names (app/User.php). */
const stripTags = (text: string): string => text.replace(/<(?!\s)[^>]*>?/g, '')

const gravatar = (email: string): string =>
  `https://secure.gravatar.com/avatar/${md5Hex(email.trim().toLowerCase())}?s=80&r=g&d=identicon`

/** The user as a release shows it. */
export function user(
  { id, state, createdAt, updatedAt, profile }: FaveoAccount,
  release: Profile,
): Static<typeof User> | Static<typeof User19> {
  const named = release === '2' ? stripTags : (name: string) => name
  const dated = release === '2' ? laravelIsoDateTime : laravelDateTime
  const shown = {
    id: Number(id),
    user_name: named(profile.user_name),
    first_name: named(profile.first_name),
    last_name: named(profile.last_name),
    gender: profile.gender,
    email: profile.email ?? 'Not available',
    ban: profile.ban,
    active: state === 'active' ? (1 as const) : (0 as const),
    is_delete: profile.is_delete,
    ext: profile.ext,
    country_code: profile.country_code,
    phone_number: profile.phone_number,
    mobile: profile.mobile,
    agent_sign: profile.agent_sign,
    account_type: profile.account_type,
    account_status: profile.account_status,
    assign_group: profile.assign_group,
    primary_dpt: profile.primary_dpt,
    agent_tzone: profile.agent_tzone,
    daylight_save: profile.daylight_save,
    limit_access: profile.limit_access,
    directory_listing: profile.directory_listing,
    vacation_mode: profile.vacation_mode,
    company: profile.company,
    role: profile.role,
    internal_note: profile.internal_note,
    profile_pic: profile.profile_pic ?? gravatar(profile.email ?? ''),
    created_at: dated(createdAt),
    updated_at: dated(updatedAt),
  }
  return release === '1.9' ? shown : Object.assign(shown, { user_language: profile.user_language })
}
