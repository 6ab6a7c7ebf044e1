import { useState } from 'react';
import { currentTheme, setTheme, type Theme } from '../theme.ts';
import { Moon, Screen, Sun } from './Icon.tsx';
import styles from './ThemeSwitch.module.css';

const choices: readonly { theme: Theme; name: string; icon: () => React.ReactNode }[] = [
  { theme: 'system', name: 'As the device', icon: Screen },
  { theme: 'light', name: 'Light', icon: Sun },
  { theme: 'dark', name: 'Dark', icon: Moon },
];

/** Three radio buttons: as the device, light, dark. The choice is kept on this device. */
export function ThemeSwitch() {
  const [theme, choose] = useState(currentTheme);
  return (
    <fieldset className={styles.switch}>
      <legend className="visually-hidden">Theme</legend>
      {choices.map(choice => (
        <label key={choice.theme} className={styles.choice} title={choice.name}>
          <input
            type="radio"
            name="theme"
            className={styles.input}
            checked={theme === choice.theme}
            onChange={() => {
              choose(choice.theme);
              setTheme(choice.theme);
            }}
          />
          <choice.icon />
          <span className="visually-hidden">{choice.name}</span>
        </label>
      ))}
    </fieldset>
  );
}
