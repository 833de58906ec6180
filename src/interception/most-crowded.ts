/**
 * The item to drop where there are too many: the newest item of the largest group and, within that, of its largest
 * subgroup, and so on along the paths. An item of a small group is never dropped for one of a larger group. Of groups
 * of the same size the newcomer's loses, so that a newcomer displaces only items of groups that are larger than its
 * own.
 *
 * @param all oldest first, the newcomer last.
 */
export function mostCrowded<T>(all: readonly T[], pathOf: (one: T) => readonly string[]): T | undefined {
  let crowd = all.map((one) => ({ one, path: pathOf(one) }));
  for (let depth = 0; crowd.some(({ path }) => path.length > depth); depth++) {
    const groups = new Map<string | undefined, typeof crowd>();
    for (const member of crowd) {
      const group = groups.get(member.path[depth]);
      if (group === undefined) groups.set(member.path[depth], [member]);
      else group.push(member);
    }
    const newcomer = crowd.at(-1);
    const sizeOf = (group: typeof crowd) => group.length + (group.at(-1) === newcomer ? 0.5 : 0);
    crowd = [...groups.values()].reduce((largest, group) =>
      sizeOf(group) > sizeOf(largest) ? group : largest,
    );
  }
  return crowd.at(-1)?.one;
}
