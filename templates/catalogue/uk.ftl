# The sentences of the letters, in Ukrainian.
# Address: ви. Terms: proposal = пропозиція, job = проєкт, post = оголошення, client = замовник, contract = контракт,
# boost = просування, invitation = запрошення, application = заявка, ledger entry = запис, balance = баланс,
# notice = повідомлення. "Connects" is a product name and is not declined: 1 Connect, 3 Connects.

## Dates

moment = { $day }, { $time } { $zone }

## Subjects

verdict-client_canceled = Скасовано замовником
verdict-filled_by_other = Виконавця знайдено
verdict-client_declined = Відхилено замовником
verdict-expired = Строк проєкту минув
verdict-post_removed_policy = Оголошення вилучено через порушення правил
verdict-post_removed_fraud = Оголошення вилучено як шахрайське
verdict-client_suspended = Замовника заблоковано
verdict-freelancer_suspended = Закрито системою
verdict-invitation_withdrawn = Запрошення відкликано
verdict-application_declined = Вашу заявку не прийнято
verdict-application_received = Ми отримали вашу заявку
verdict-job-canceled = Проєкт закрито
verdict-post-removed = Оголошення вилучено
verdict-client-suspended = Замовника заблоковано
verdict-job-expired = Строк проєкту минув
verdict-proposal-declined = Пропозицію відхилено

subject-returned = { $verdict }: { $job } – повернено { $n ->
    [one] { $n } Connect
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
}
subject-none-spent = { $verdict }: { $job } – Connects не витрачено
subject-none-returned = { $verdict }: { $job } – Connects не повертаються
subject-alone = { $verdict }: { $job }
job-and-more = { $job } і ще { $k }

## Opening

hello = Вітаємо, { $name }!
hello-nobody = Вітаємо!

lead-client_canceled = Замовник скасував проєкт «{ $job }».
lead-filled_by_other = Для проєкту «{ $job }» обрано іншого виконавця.
lead-client_declined = Замовник відхилив пропозицію до проєкту «{ $job }».
lead-expired = Строк оголошення «{ $job }» минув, а за вашою пропозицією контракту не укладено.
lead-post_removed_policy = Ми вилучили оголошення «{ $job }», бо воно порушувало наші правила.
lead-post_removed_fraud = Ми вилучили оголошення «{ $job }» як шахрайське.
lead-client_suspended = Ми заблокували замовника, який розмістив «{ $job }».
lead-freelancer_suspended = Обліковий запис, з якого надіслано пропозицію до «{ $job }», заблоковано, і система закрила пропозицію.
lead-invitation_withdrawn = Запрошення до проєкту «{ $job }» відкликано.
lead-application_declined = Ми не можемо прийняти вашу заявку в теперішньому вигляді.
lead-application_received = Ваша заявка надійшла.
lead-several-job-canceled = Проєкт закрито, а з ним і ваші пропозиції: { $k }.
lead-several-post-removed = Ми вилучили оголошення, а з ним і ваші пропозиції: { $k }.
lead-several-client-suspended = Ми заблокували замовника. Ваших пропозицій до його проєктів: { $k }.
lead-several-job-expired = Строк проєкту минув, а з ним закрито ваші пропозиції: { $k }.
lead-several-proposal-declined = Відхилено ваших пропозицій: { $k }.
lead-several-agency-job-canceled = Проєкт закрито, а з ним і пропозиції вашої агенції: { $k }.
lead-several-agency-post-removed = Ми вилучили оголошення, а з ним і пропозиції вашої агенції: { $k }.
lead-several-agency-client-suspended = Ми заблокували замовника. Пропозицій вашої агенції до його проєктів: { $k }.
lead-several-agency-job-expired = Строк проєкту минув, а з ним закрито пропозиції вашої агенції: { $k }.
lead-several-agency-proposal-declined = Відхилено пропозицій вашої агенції: { $k }.

result-returned = Повернено { $n ->
    [one] { $n } Connect
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
}.
result-none-spent = Connects не витрачено, тому нічого й не повертається.
result-none-returned = Connects не повертаються; причину наведено нижче.

late = Це сталося { $date }. Повідомлення надходить із запізненням, і нам шкода.

## One proposal

your-proposal = Ваша пропозиція
agency-proposal = Пропозиція вашої агенції
label-job = Проєкт
label-proposal = Пропозиція
label-acted = Хто діяв
label-happened = Що сталося
label-rule = Порушене правило
label-spent = Витрачено Connects
label-earlier = Повернено раніше
label-returned = Повернено Connects
label-balance = Баланс
label-entries = Записи
label-recorded = Зафіксовано
label-expires = Повернені Connects дійсні до
label-message = Замовник пише
label-invitation = Запрошення
label-application = Заявка
label-decided = Хто вирішив

proposal-sent = { $proposal }, надіслано { $date }
proposal-sent-invited = { $proposal }, надіслано { $date } у відповідь на запрошення
code = код: { $reason }, обставина: { $cause }
amount = { $n }
amount-parts = { $n } (пропозиція { $fee }, просування { $boost })
amount-proposal-only = { $n } (пропозиція { $fee }, без просування)
returned-none-because = нічого, бо { $why } (код: { $ground })
returned-none = нічого
balance-own = ваш власний, тепер { $n ->
    [one] { $n } Connect
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (рахунок { $account })
balance-agency = баланс агенції, тепер { $n ->
    [one] { $n } Connect
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (рахунок { $account })
balance-own-unchanged = ваш власний, без змін: { $n ->
    [one] { $n } Connect
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (рахунок { $account })
balance-agency-unchanged = баланс агенції, без змін: { $n ->
    [one] { $n } Connect
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (рахунок { $account })
entries-none = немає
hidden = { $n ->
    [one] Ще { $n } пропозицію враховано
    [few] Ще { $n } пропозиції враховано
    [many] Ще { $n } пропозицій враховано
   *[other] Ще { $n } пропозиції враховано
} в цьому повідомленні й у сумах вище. Усі вони є в історії Connects.

## Who acted

acted-client_canceled = замовник
acted-filled_by_other = замовник, обравши іншого виконавця
acted-client_declined = замовник
acted-expired = ніхто; система закрила оголошення, коли минув його строк
acted-post_removed_policy = платформа
acted-post_removed_fraud = платформа
acted-client_suspended = платформа
acted-freelancer_suspended = система; замовник нічого не відхиляв
acted-invitation_withdrawn = платформа
acted-invitation_withdrawn-client-withdrew = замовник
acted-application_declined = платформа
acted-application_received = ви

## Why, by reason and by the event's own cause

reason-client_canceled = Замовник скасував проєкт.
reason-filled_by_other = Для проєкту обрано іншого виконавця.
reason-client_declined = Замовник відхилив цю пропозицію.
reason-expired = Строк оголошення минув.
reason-post_removed_policy = Платформа вилучила оголошення, бо воно порушувало правила для оголошень.
reason-post_removed_fraud = Платформа вилучила оголошення як шахрайське.
reason-client_suspended = Платформа заблокувала обліковий запис замовника.
reason-freelancer_suspended = Обліковий запис, з якого надіслано пропозицію, заблоковано.
reason-invitation_withdrawn = Запрошення відкликано.
reason-application_declined = Заявку не прийнято.
reason-application_received = Заявка надійшла.

cause-job-canceled-client-canceled = Інших причин замовник не назвав.
cause-job-canceled-accident = За словами замовника, його розміщено помилково.
cause-job-canceled-dropped = За словами замовника, від проєкту відмовилися.
cause-job-canceled-no-skills = За словами замовника, нікого з потрібними навичками не знайшлося.
cause-job-canceled-filled-elsewhere = За словами замовника, роботу доручено людині, яку знайшли деінде.
cause-job-canceled-filled = Усі місця зайнято.
cause-job-canceled-expired = Тридцять днів минули без жодних дій.
cause-post-removed-terms-of-service = Воно суперечило Умовам надання послуг.
cause-post-removed-fraud = Воно мало ознаки шахрайства.
cause-post-removed-duplicate = Той самий проєкт було розміщено кілька разів.
cause-post-removed-inactive = Воно надто довго було неактивним; це прирівнюється до закінчення строку.
cause-client-suspended-terms-of-service = Підстава – порушення Умов надання послуг.
cause-client-suspended-fraud = Підстава – правила протидії шахрайству.
cause-client-suspended-billing = Це стосується облікового запису замовника, а не чиєїсь пропозиції.
cause-job-expired-expired = Час минув, а за цією пропозицією контракту не укладено.
cause-proposal-declined-hired-other = Замовник обрав іншого виконавця.
cause-proposal-declined-skills = Замовник шукає інші навички.
cause-proposal-declined-price = Ставка або ціна для замовника зависока.
cause-proposal-declined-experience = Замовник шукає інший профіль або інший досвід.
cause-proposal-declined-project-changed = Проєкт замовника змінився, або від нього відмовилися.
cause-proposal-declined-other = Замовник не обрав жодної причини зі списку.
cause-proposal-declined-freelancer-suspended = Жоден замовник не оцінював пропозицію.
cause-invitation-withdrawn-client-issue = Є проблема із замовником.
cause-invitation-withdrawn-job-issue = Є проблема з проєктом.
cause-invitation-withdrawn-client-withdrew = Замовник передумав.
cause-application-declined-under-age = Учасникам має бути щонайменше 18 років.
cause-application-declined-incomplete = Частини профілю не заповнено.
cause-application-declined-text-errors = У тексті профілю є помилки.
cause-application-declined-media = Фото чи відео недостатньої якості або не завантажилося.
cause-application-declined-skills-mix = Для такого поєднання навичок і досвіду зараз немає проєктів.
cause-application-declined-competition = Заявок було більше, ніж місць.
cause-application-declined-other = Причина не належить до тих, які ми можемо тут назвати.
cause-application-received-received = Її буде прочитано.

## Why nothing came back

ground-nothing_spent = на цю пропозицію Connects не витрачено
ground-nothing_spent-invited = відповідь на запрошення не коштує Connects
ground-already_returned = усе, що було витрачено на цю пропозицію, повернулося раніше
ground-withdrawn = пропозицію було відкликано ще до цього
ground-hired = за цією пропозицією укладено контракт
ground-filled_by_other = проєкт завершився наймом, а Connects повертаються лише з проєкту, що завершився без нього
ground-declined_by_client = замовник відхилив пропозицію, а за відхилену пропозицію Connects не повертаються
ground-expired = оголошення, строк якого минув, не повертає Connects; оголошення, яке скасував замовник, повертає
ground-suspension_not_final = блокування ще можуть зняти
ground-reinstated = блокування знято
ground-account_suspended = обліковий запис, з якого її надіслано, заблоковано

## What to know

know = Варто знати
no-judgement = Це нічого не говорить про вашу кваліфікацію: вашу пропозицію тут ніхто не оцінював.
no-judgement-agency = Це нічого не говорить про кваліфікацію того, хто надіслав пропозицію: її тут ніхто не оцінював.
no-judgement-declined = Вибір замовника не є оцінкою вашої кваліфікації з боку платформи.
no-contract = За цією пропозицією контракту немає. Не починайте роботу, навіть якщо замовник і далі вам пише.
no-contract-several = За жодною з цих пропозицій контракту немає. Не починайте роботу, навіть якщо замовник і далі вам пише.
safety-pay = Нічого не платіть, щоб отримати цей проєкт, і не надсилайте документів, паролів чи кодів.
safety-offsite = Не продовжуйте спілкування з цим замовником поза платформою – у месенджері, телефоном чи поштою – і не приймайте там оплати.
safety-report = Якщо ви вже щось заплатили або передали, одразу повідомте службу підтримки.
connects-are-credit = Повернені Connects – це кредит на пропозиції, а не гроші.

## Invitations and applications

invitation-nothing-spent = Відповідь на запрошення не коштує Connects, тому нічого й не повертається. Вам не потрібно нічого робити.
improve = Що можна покращити
improve-complete-profile = Заповніть профіль: у ньому не має бути порожніх частин.
improve-text = Перечитайте текст профілю й виправте помилки.
improve-photo = Додайте чітке фото, на якому видно ваше обличчя.
improve-video = Додайте відео, яке відтворюється і яке добре чути.
improve-skills = Додайте потрібні навички, яких бракує.
improve-experience = Додайте досвід: попередні роботи, освіту, портфоліо.
reapply = Нова заявка
reapply-never = Подати ще одну заявку неможливо.
reapply-now = Ви можете подати нову заявку будь-коли.
reapply-after = Починаючи з { $date } ви можете подати нову заявку.
decided-automated = програма; заявку ще ніхто не читав
decided-person = людина
decide-by = До { $date } буде ухвалено рішення.

## How to ask

ask = Запитання
ask-quote = Вкажіть пропозицію { $proposal } і повідомлення { $notice }; за ними служба підтримки знайде все наведене вище.
ask-quote-notice = Вкажіть повідомлення { $notice }; за ним служба підтримки знайде все наведене вище.
ask-where = Де запитати: { $url }
ask-where-label = Звернутися по допомогу
ask-reply = Ви можете відповісти на цей лист.
event-line = Подія { $event }, { $date }
sent-by = Надіслано від { $sender } через вашу пропозицію. Цей лист склала програма.
sent-by-agency = Надіслано від { $sender } через пропозицію вашої агенції. Цей лист склала програма.
sent-by-alone = Надіслано від { $sender }. Цей лист склала програма.
