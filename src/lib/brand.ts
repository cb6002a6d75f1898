declare const brand: unique symbol;

/** A string or number that has passed a parser; only that parser makes one. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
