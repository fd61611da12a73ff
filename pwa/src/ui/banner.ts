// What the identity plate says of allergies: four states, never blank.
export type BannerAllergies =
  | { state: "known"; items: readonly { text: string; detail?: string }[] }
  | { state: "none_known"; asked_on: string | null }
  | { state: "not_asked" }
  | { state: "unable_to_ask" };
