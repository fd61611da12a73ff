// Keys: stretching PINs, sealing what lies on the disk, signing what was done. WebCrypto only; nothing here is stored.
import { type Bytes, from_base64url, text_of, to_base64url, utf8 } from "./bytes.ts";
import type { PinStretch, WrappedKey } from "./wire.ts";

export const STRETCH = { iterations: 600_000, salt_bytes: 16, secret_bytes: 32 } as const;
const NONCE_BYTES = 12;
const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;

/** What makes a sealed thing unreadable: another key, another place, or a changed byte. */
export class SealBroken extends Error {
  constructor(place: string) {
    super(`the seal of ${place} does not open`);
  }
}

/** The two keys made from one data key: one seals, the other hides the names of what is sealed. */
export type DataKey = { readonly seal: CryptoKey; readonly name: CryptoKey };
export type SigningKey = { readonly session_id: string; readonly key: CryptoKey };

export async function data_key_of(bytes: Bytes): Promise<DataKey> {
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const salt = new Uint8Array(0);
  const seal = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const name = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: utf8("bedside-names") },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  return { seal, name };
}

/** A place on the disk that says nothing of what it holds: HMAC-SHA-256 of the words, base64url. */
export async function hidden_name(key: DataKey, ...words: string[]): Promise<string> {
  return to_base64url(new Uint8Array(await crypto.subtle.sign("HMAC", key.name, utf8(words.join("\u0000")))));
}

/** Nonce and AES-256-GCM ciphertext in one array; `place` is bound in and must be the same to open. */
export async function seal(key: CryptoKey, plain: Bytes, place: string): Promise<Bytes> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, place), key, plain));
  const whole = new Uint8Array(NONCE_BYTES + sealed.length);
  whole.set(nonce);
  whole.set(sealed, NONCE_BYTES);
  return whole;
}

/** Throws `SealBroken` unless this key sealed these bytes for this place. */
export async function unseal(key: CryptoKey, sealed: Bytes, place: string): Promise<Bytes> {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, place), key, sealed.subarray(NONCE_BYTES)));
  } catch {
    throw new SealBroken(place);
  }
}

export async function seal_json(key: CryptoKey, value: unknown, place: string): Promise<Bytes> {
  return seal(key, utf8(JSON.stringify(value)), place);
}

export async function unseal_json<T>(key: CryptoKey, sealed: Bytes, place: string): Promise<T> {
  return JSON.parse(text_of(await unseal(key, sealed, place))) as T;
}

/** The key that a PIN stretches to: PBKDF2-HMAC-SHA256, 32 bytes, for AES-256-GCM. */
export async function key_of_pin(pin: string, stretch: PinStretch): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const salt = from_base64url(stretch.salt);
  const bits = { name: "PBKDF2", hash: "SHA-256", salt, iterations: stretch.iterations };
  return key_of_secret(new Uint8Array(await crypto.subtle.deriveBits(bits, material, STRETCH.secret_bytes * 8)));
}

/** The same key from the stretched secret itself, as the server hands it over at sign-in. */
export async function key_of_secret(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** The device's data key out of one person's wrap (docs/sync.md D4); throws `SealBroken` on a wrong PIN. */
export async function unwrap_data_key(wrap: WrappedKey, device_id: string, pin_key: CryptoKey): Promise<Bytes> {
  const place = `bedside-data-key:${device_id}:${wrap.staff_id}`;
  const nonce = from_base64url(wrap.nonce);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, place), pin_key, from_base64url(wrap.wrapped)));
  } catch {
    throw new SealBroken(place);
  }
}

/** A new signing pair; the private half can leave only to be wrapped (`pkcs8_of`). */
export async function new_signing_pair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
}

/** DER SubjectPublicKeyInfo in base64url, as sign-in sends it. */
export async function public_key_of(pair: CryptoKeyPair): Promise<string> {
  return to_base64url(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
}

export async function pkcs8_of(pair: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
}

/** The private half as it stays in memory: it signs and cannot be read out. */
export async function signing_key_of(pkcs8: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", pkcs8, EC, false, ["sign"]);
}

/** Compact JWS (RFC 7515): ES256, protected header exactly alg and kid. */
export async function sign_jws(payload: string, signing: SigningKey): Promise<string> {
  const header = JSON.stringify({ alg: "ES256", kid: signing.session_id });
  const input = `${to_base64url(utf8(header))}.${to_base64url(utf8(payload))}`;
  const signature = await crypto.subtle.sign(ES256, signing.key, utf8(input));
  return `${input}.${to_base64url(new Uint8Array(signature))}`;
}

/** The payload of a JWS we signed ourselves; no verification. */
export function payload_of<T>(jws: string): T {
  return JSON.parse(text_of(from_base64url(jws.split(".")[1] ?? ""))) as T;
}

/** SHA-256 of a badge's digits, hex, as staff rows carry it. */
export async function badge_hash_of(code: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(code)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function gcm(nonce: Bytes, place: string): AesGcmParams {
  return { name: "AES-GCM", iv: nonce, additionalData: utf8(place) };
}
