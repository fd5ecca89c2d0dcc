'use client';

import { useId, useState } from 'react';
import { Monitor, Moon, Sun } from 'lucide-react';

export type Theme = 'system' | 'light' | 'dark';

const choices = [
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'system', label: 'As the system', icon: Monitor },
  { theme: 'dark', label: 'Dark', icon: Moon },
] as const;

/** Keeps the choice in a cookie, so that the server renders the chosen theme; charts on a canvas hear of it by an event. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const name = useId();
  function choose(next: Theme) {
    setTheme(next);
    document.cookie = `outsider_theme=${next}; path=/; max-age=31536000; samesite=lax`;
    document.documentElement.dataset['theme'] = next;
    dispatchEvent(new Event('outsider:theme'));
  }
  return (
    <fieldset className="flex rounded-lg bg-sunken p-0.5">
      <legend className="sr-only">Theme</legend>
      {choices.map(({ theme: value, label, icon: Icon }) => (
        <label
          key={value}
          title={label}
          className="grid size-7 cursor-pointer place-items-center rounded-md text-faint hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            value={value}
            checked={theme === value}
            onChange={() => choose(value)}
            className="sr-only"
          />
          <Icon className="size-3.5" aria-hidden="true" />
          <span className="sr-only">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
