/** The payment that is created again and again. */
export const paymentToCreate = {
  amount: 1999,
  currency: 'GBP',
  paymentMethod: 'pm_card_ok',
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  metadata: { order: '536365' },
} as const;
