/** Ukrainian texts of the e-mails; see en.ts. */
export const uk: Readonly<Record<string, string>> = Object.freeze({
  emailVerificationSubject: 'Підтвердити адресу електронної пошти',
  emailVerificationBody:
    'Хтось вказав цю адресу для облікового запису в {2}. Якщо це були Ви, відкрийте посилання нижче, щоб підтвердити, що адреса Ваша:\n\n{0}\n\nТермін дії посилання: {3}.\n\nЯкщо це були не Ви, нічого робити не потрібно.',
  emailVerificationBodyHtml:
    '<p>Хтось вказав цю адресу для облікового запису в {2}. Якщо це були Ви, відкрийте посилання нижче, щоб підтвердити, що адреса Ваша.</p><p><a href="{0}" rel="nofollow">Підтвердити цю адресу електронної пошти</a></p><p>Термін дії посилання: {3}.</p><p>Якщо це були не Ви, нічого робити не потрібно.</p>',
  emailUpdateConfirmationSubject: 'Підтвердіть нову адресу електронної пошти',
  emailUpdateConfirmationBody:
    'Відкрийте посилання нижче, щоб адресою Вашого облікового запису в {2} стала {1}:\n\n{0}\n\nТермін дії посилання: {3}.\n\nЯкщо Ви цього не хочете, нічого робити не потрібно.',
  emailUpdateConfirmationBodyHtml:
    '<p>Відкрийте посилання нижче, щоб адресою Вашого облікового запису в {2} стала {1}.</p><p><a href="{0}" rel="nofollow">Використовувати нову адресу</a></p><p>Термін дії посилання: {3}.</p><p>Якщо Ви цього не хочете, нічого робити не потрібно.</p>',
  passwordResetSubject: 'Скинути пароль',
  passwordResetBody:
    'Хтось попросив змінити облікові дані Вашого облікового запису в {2}. Якщо це були Ви, відкрийте посилання нижче:\n\n{0}\n\nПосилання діє один раз; термін дії: {3}.\n\nЯкщо це були не Ви, нічого робити не потрібно: нічого не змінено.',
  passwordResetBodyHtml:
    '<p>Хтось попросив змінити облікові дані Вашого облікового запису в {2}. Якщо це були Ви, відкрийте посилання нижче.</p><p><a href="{0}" rel="nofollow">Змінити облікові дані</a></p><p>Посилання діє один раз; термін дії: {3}.</p><p>Якщо це були не Ви, нічого робити не потрібно: нічого не змінено.</p>',
  executeActionsSubject: 'Оновлення Вашого облікового запису',
  executeActionsBody:
    'Адміністратор {2} просить Вас виконати для Вашого облікового запису такі дії: {4}. Відкрийте посилання нижче, щоб почати:\n\n{0}\n\nТермін дії посилання: {3}.\n\nЯкщо Ви нічого про це не знаєте, нічого робити не потрібно: нічого не змінено.',
  executeActionsBodyHtml:
    '<p>Адміністратор {2} просить Вас виконати для Вашого облікового запису такі дії: {4}. Відкрийте посилання нижче, щоб почати.</p><p><a href="{0}" rel="nofollow">Оновити обліковий запис</a></p><p>Термін дії посилання: {3}.</p><p>Якщо Ви нічого про це не знаєте, нічого робити не потрібно: нічого не змінено.</p>',
  orgInviteSubject: 'Запрошення до організації {0}',
  orgInviteBody:
    'Вас запрошують до організації {1} на {2}. Щоб приєднатися, відкрийте посилання нижче:\n\n{0}\n\nПосилання діє {3}.\n\nЯкщо ви цього не бажаєте, нічого робити не треба.',
  orgInviteBodyHtml:
    '<p>Вас запрошують до організації {1} на {2}.</p><p><a href="{0}" rel="nofollow">Приєднатися до організації</a></p><p>Посилання діє {3}.</p><p>Якщо ви цього не бажаєте, нічого робити не треба.</p>',
  orgInviteBodyPersonalized:
    'Вітаємо, {4} {5}!\n\nВас запрошують до організації {1} на {2}. Щоб приєднатися, відкрийте посилання нижче:\n\n{0}\n\nПосилання діє {3}.\n\nЯкщо ви цього не бажаєте, нічого робити не треба.',
  orgInviteBodyPersonalizedHtml:
    '<p>Вітаємо, {4} {5}!</p><p>Вас запрошують до організації {1} на {2}.</p><p><a href="{0}" rel="nofollow">Приєднатися до організації</a></p><p>Посилання діє {3}.</p><p>Якщо ви цього не бажаєте, нічого робити не треба.</p>',
  emailTestSubject: 'Тестове повідомлення SMTP',
  emailTestBody: 'Це тестове повідомлення: електронна пошта працює.',
  emailTestBodyHtml: '<p>Це тестове повідомлення: електронна пошта працює.</p>',
  eventLoginErrorSubject: 'Помилка входу',
  eventLoginErrorBody: 'Невдала спроба входу до Вашого облікового запису: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.',
  eventLoginErrorBodyHtml:
    '<p>Невдала спроба входу до Вашого облікового запису: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventRemoveTotpSubject: 'Видалення OTP',
  eventRemoveTotpBody: 'Одноразові паролі видалено з Вашого облікового запису: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.',
  eventRemoveTotpBodyHtml:
    '<p>Одноразові паролі видалено з Вашого облікового запису: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventUpdatePasswordSubject: 'Зміна паролю',
  eventUpdatePasswordBody: 'Пароль Вашого облікового запису змінено: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.',
  eventUpdatePasswordBodyHtml: '<p>Пароль Вашого облікового запису змінено: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventUpdateTotpSubject: 'Оновлення OTP',
  eventUpdateTotpBody:
    'Для Вашого облікового запису налаштовано одноразові паролі: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.',
  eventUpdateTotpBodyHtml:
    '<p>Для Вашого облікового запису налаштовано одноразові паролі: {0}, з {1}. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventUpdateCredentialSubject: 'Оновлення облікових даних',
  eventUpdateCredentialBody:
    'Облікові дані Вашого облікового запису ({0}) змінено: {1}, з {2}. Якщо це були не Ви, повідомте адміністратора.',
  eventUpdateCredentialBodyHtml:
    '<p>Облікові дані Вашого облікового запису ({0}) змінено: {1}, з {2}. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventRemoveCredentialSubject: 'Видалення облікових даних',
  eventRemoveCredentialBody:
    'Облікові дані Вашого облікового запису ({0}) видалено: {1}, з {2}. Якщо це були не Ви, повідомте адміністратора.',
  eventRemoveCredentialBodyHtml:
    '<p>Облікові дані Вашого облікового запису ({0}) видалено: {1}, з {2}. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventUserDisabledByTemporaryLockoutSubject: 'Користувача тимчасово заблоковано',
  eventUserDisabledByTemporaryLockoutBody:
    'Ваш обліковий запис тимчасово заблоковано ({0}) після кількох невдалих спроб входу. Якщо це були не Ви, повідомте адміністратора.',
  eventUserDisabledByTemporaryLockoutHtml:
    '<p>Ваш обліковий запис тимчасово заблоковано ({0}) після кількох невдалих спроб входу. Якщо це були не Ви, повідомте адміністратора.</p>',
  eventUserDisabledByPermanentLockoutSubject: 'Користувача заблоковано назавжди',
  eventUserDisabledByPermanentLockoutBody:
    'Ваш обліковий запис заблоковано ({0}) після кількох невдалих спроб входу. Попросіть адміністратора розблокувати його.',
  eventUserDisabledByPermanentLockoutHtml:
    '<p>Ваш обліковий запис заблоковано ({0}) після кількох невдалих спроб входу. Попросіть адміністратора розблокувати його.</p>',
  'requiredAction.CONFIGURE_TOTP': 'Налаштувати OTP',
  'requiredAction.TERMS_AND_CONDITIONS': 'Умови',
  'requiredAction.UPDATE_PASSWORD': 'Змінити пароль',
  'requiredAction.UPDATE_PROFILE': 'Оновити профіль',
  'requiredAction.VERIFY_EMAIL': 'Підтвердити адресу електронної пошти',
  'requiredAction.UPDATE_EMAIL': 'Змінити адресу електронної пошти',
  'requiredAction.CONFIGURE_RECOVERY_AUTHN_CODES': 'Створити коди відновлення',
  'requiredAction.webauthn-register': 'Налаштувати ключ доступу як другий фактор',
  'requiredAction.webauthn-register-passwordless': 'Налаштувати ключ доступу',
  'linkExpirationFormatter.timePeriodUnit.seconds.one': '{0} секунда',
  'linkExpirationFormatter.timePeriodUnit.seconds.few': '{0} секунди',
  'linkExpirationFormatter.timePeriodUnit.seconds.many': '{0} секунд',
  'linkExpirationFormatter.timePeriodUnit.minutes.one': '{0} хвилина',
  'linkExpirationFormatter.timePeriodUnit.minutes.few': '{0} хвилини',
  'linkExpirationFormatter.timePeriodUnit.minutes.many': '{0} хвилин',
  'linkExpirationFormatter.timePeriodUnit.hours.one': '{0} година',
  'linkExpirationFormatter.timePeriodUnit.hours.few': '{0} години',
  'linkExpirationFormatter.timePeriodUnit.hours.many': '{0} годин',
  'linkExpirationFormatter.timePeriodUnit.days.one': '{0} день',
  'linkExpirationFormatter.timePeriodUnit.days.few': '{0} дні',
  'linkExpirationFormatter.timePeriodUnit.days.many': '{0} днів',
})
