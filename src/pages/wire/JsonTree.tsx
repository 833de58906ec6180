import { cleanText } from '../../protocol/wire/clean-text.ts';
import { isArray, isObject, type Json } from '../../protocol/wire/json.ts';
import { t } from '../../ui/i18n.ts';
import './wire.css';

interface JsonTreeProps {
  readonly value: Json;
  /** The name of the root. */
  readonly name: string;
  /** The number of levels that start open. */
  readonly open?: number;
}

/** The most children that are shown of one object or array. Further ones are counted. */
const MOST_CHILDREN = 100;
const MOST_NAME = 80;
const MOST_TEXT = 1_000;

/** A JSON value as a tree of native `details` elements. */
export function JsonTree({ value, name, open = 1 }: JsonTreeProps) {
  const children = childrenOf(value);
  if (children === null) {
    return (
      <div class="tree-leaf">
        <Name name={name} />
        <Leaf value={value} />
      </div>
    );
  }
  const shown = children.slice(0, MOST_CHILDREN);
  return (
    <details class="tree" open={open > 0}>
      <summary>
        <Name name={name} />
        <span class="tree-size">{isArray(value) ? `[${children.length}]` : `{${children.length}}`}</span>
      </summary>
      <div class="tree-children">
        {shown.map(([key, child]) => (
          <JsonTree key={key} name={key} value={child} open={open - 1} />
        ))}
        {children.length > shown.length && (
          <p class="hint">{t('ui_wireMore', { count: String(children.length - shown.length) })}</p>
        )}
      </div>
    </details>
  );
}

function Name({ name }: { readonly name: string }) {
  return (
    <bdi dir="ltr" class="tree-name">
      {cleanText(name, MOST_NAME)}
    </bdi>
  );
}

function Leaf({ value }: { readonly value: Json }) {
  const text = typeof value === 'string';
  return (
    <bdi dir="ltr" class={text ? 'tree-text' : 'tree-value'}>
      {text ? `"${cleanText(value, MOST_TEXT)}"` : String(value)}
    </bdi>
  );
}

function childrenOf(value: Json): readonly (readonly [string, Json])[] | null {
  if (isArray(value)) return value.map((child, index) => [String(index), child] as const);
  return isObject(value) ? Object.entries(value) : null;
}
