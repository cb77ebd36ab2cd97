/**
 * Currencies by the number of digits after the decimal point (ISO 4217, list one, 2025). Codes
 * without a minor unit (metals, drawing rights), testing codes and "no currency" are left out: an
 * amount in them is not money somebody paid. Recently withdrawn codes stay, because old payments
 * keep their currency.
 */
const CODES_BY_MINOR_UNITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_MINOR_UNITS).flatMap(([digits, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code) => [code, Number(digits)] as const),
  ),
);

/** Every code. */
export const CURRENCIES: readonly string[] = [...MINOR_UNITS.keys()];

/** Whether this is a currency code, in capitals as ISO 4217 writes it. */
export function isCurrency(code: string): boolean {
  return MINOR_UNITS.has(code);
}

/**
 * Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. `amountMinor / 10 ** minorUnits`
 * is the amount in major units.
 *
 * @throws RangeError when the code is not a currency.
 */
export function minorUnits(currency: string): number {
  const digits = MINOR_UNITS.get(currency);
  if (digits === undefined) throw new RangeError(`${currency} is not a currency`);
  return digits;
}
