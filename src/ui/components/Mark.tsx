/** The logo of the product. */
export function Mark() {
  return <img class="mark" src="/icons/purse.svg" alt="" width="24" height="24" />;
}
