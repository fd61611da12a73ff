// Substances people are often allergic to, with the code a drug can be checked against (WHO ATC group or substance).
export type Substance = { name: string; names: readonly string[]; code: string };

const one = (name: string, code: string, ...others: string[]): Substance => ({
  name,
  names: [name.toLowerCase(), ...others],
  code,
});

/** Most frequent first. */
export const SUBSTANCES: readonly Substance[] = [
  one("Penicilin", "J01C", "penicillin"),
  one("Cephalosporin", "J01D", "cefalosporin"),
  one("Ceftriaxon", "J01DD04", "ceftriaxone"),
  one("Aspirin", "B01AC06", "acetylsalicylic acid"),
  one("NSAID", "M01A", "thuốc chống viêm không steroid"),
  one("Paracetamol", "N02BE01"),
  one("Allopurinol", "M04AA01"),
  one("Carbamazepin", "N03AF01", "carbamazepine"),
  one("Co-trimoxazol", "J01EE01", "co-trimoxazole", "sulfamethoxazol/trimethoprim"),
  one("Vancomycin", "J01XA01"),
  one("Ciprofloxacin", "J01MA02"),
  one("Thuốc cản quang iod", "V08A", "iodinated contrast"),
  one("Lidocain", "N01BB02", "lidocaine"),
];
