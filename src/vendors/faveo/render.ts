import type { Static } from '@sinclair/typebox'
import { md5Hex } from '../../core/digest.js'
import { laravelDateTime } from '../../dialects/laravel.js'
import type { FaveoAccount } from './fixture.js'
import type { User } from './wire.js'

/** `strip_tags`, with which the model reads its names. */
const stripTags = (text: string): string => text.replace(/<(?!\s)[^>]*>?/g, '')

const gravatar = (email: string): string =>
  `https://secure.gravatar.com/avatar/${md5Hex(email.trim().toLowerCase())}?s=80&r=g&d=identicon`

export function user({ id, state, createdAt, updatedAt, profile }: FaveoAccount): Static<typeof User> {
  return {
    id: Number(id),
    user_name: stripTags(profile.user_name),
    first_name: stripTags(profile.first_name),
    last_name: stripTags(profile.last_name),
    gender: profile.gender,
    email: profile.email ?? 'Not available',
    ban: profile.ban,
    active: state === 'active' ? 1 : 0,
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
    created_at: laravelDateTime(createdAt),
    updated_at: laravelDateTime(updatedAt),
    user_language: profile.user_language,
  }
}
