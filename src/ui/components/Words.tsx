/** The numbered words of a recovery phrase. */
export function Words({ words }: { readonly words: string }) {
  return (
    <ol class="words" data-testid="words">
      {words.split(' ').map((word, index) => (
        <li key={`${index} ${word}`}>
          <span class="word">{word}</span>
        </li>
      ))}
    </ol>
  );
}
