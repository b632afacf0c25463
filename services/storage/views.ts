/** What the methods of a merchant's view find in `this`. */
export interface OfMerchant {
  readonly merchantId: string;
}

/** Makes views of one merchant: objects of one field that share their methods. */
export function viewsWith<Methods extends object>(
  methods: Methods & ThisType<OfMerchant>,
): (merchantId: string) => Methods {
  class View implements OfMerchant {
    readonly merchantId: string;
    constructor(merchantId: string) {
      this.merchantId = merchantId;
    }
  }
  Object.assign(View.prototype, methods);
  // The methods are those of the prototype, which TypeScript does not follow.
  return (merchantId) => new View(merchantId) as unknown as Methods;
}
