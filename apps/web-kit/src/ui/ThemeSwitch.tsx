import { useId, useState } from 'react';
import { currentTheme, setTheme, type Theme } from '../theme.ts';
import { Moon, Screen, Sun } from './Icon.tsx';
import styles from './ThemeSwitch.module.css';

const choices: readonly { theme: Theme; icon: () => React.ReactNode }[] = [
  { theme: 'system', icon: Screen },
  { theme: 'light', icon: Sun },
  { theme: 'dark', icon: Moon },
];

const english: Record<Theme | 'theme', string> = {
  theme: 'Theme',
  system: 'As the device',
  light: 'Light',
  dark: 'Dark',
};

/** Three radio buttons: as the device, light, dark. The choice is kept on this device. */
export function ThemeSwitch({ words = english }: { words?: Record<Theme | 'theme', string> }) {
  // Each switch is a group of its own, however many a page has.
  const id = useId();
  const [theme, choose] = useState(currentTheme);
  return (
    <fieldset className={styles.switch}>
      <legend className="visually-hidden">{words.theme}</legend>
      {choices.map(choice => (
        <label key={choice.theme} className={styles.choice} title={words[choice.theme]}>
          <input
            type="radio"
            name={id}
            className={styles.input}
            checked={theme === choice.theme}
            onChange={() => {
              choose(choice.theme);
              setTheme(choice.theme);
            }}
          />
          <choice.icon />
          <span className="visually-hidden">{words[choice.theme]}</span>
        </label>
      ))}
    </fieldset>
  );
}
