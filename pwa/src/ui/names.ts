// Names of people as Vietnamese say and sort them: family, middle, given; sorted by given name.
export type Named = { family_name: string; middle_name: string; given_name: string };

const collator = new Intl.Collator("vi", { sensitivity: "variant" });

/** "Lê Hồng Nhung" */
export function full_name(person: Named): string {
  return [person.family_name, person.middle_name, person.given_name].filter((part) => part !== "").join(" ");
}

/** "Lê Hồng": what stands before the given name. */
export function before_given(person: Named): string {
  return [person.family_name, person.middle_name].filter((part) => part !== "").join(" ");
}

/** "LÊ HỒNG NHUNG", for banner and band. */
export function capitals(person: Named): string {
  return full_name(person).toLocaleUpperCase("vi");
}

/** Orders by given name, then family, then middle. */
export function by_given_name(a: Named, b: Named): number {
  return (
    collator.compare(a.given_name, b.given_name) ||
    collator.compare(a.family_name, b.family_name) ||
    collator.compare(a.middle_name, b.middle_name)
  );
}

/** A name or word without accents and case, đ as d, one space between words: what a search compares. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();
}
