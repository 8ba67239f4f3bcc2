# The sentences of the letters, in Arabic.
# Address: neutral, without gender where the script allows it. Terms: proposal = عرض, job = مشروع, post = إعلان,
# client = العميل, contract = عقد, boost = تعزيز, invitation = دعوة, application = طلب, ledger entry = قيد,
# balance = رصيد, notice = إشعار. "Connects" is a product name and stays in Latin letters.
# A sentence begins with an Arabic letter, so that plain text is read from the right.

## Dates

moment = { $day }، { $time } ({ $zone })

## Subjects

verdict-client_canceled = ألغاه العميل
verdict-filled_by_other = شُغل المشروع
verdict-client_declined = رفضه العميل
verdict-expired = انتهت مدة المشروع
verdict-post_removed_policy = أُزيل الإعلان لمخالفته القواعد
verdict-post_removed_fraud = أُزيل الإعلان بسبب الاحتيال
verdict-client_suspended = أُوقف حساب العميل
verdict-freelancer_suspended = أغلقه النظام
verdict-invitation_withdrawn = سُحبت الدعوة
verdict-application_declined = لم يُقبل طلبك
verdict-application_received = وصلنا طلبك
verdict-job-canceled = أُغلق المشروع
verdict-post-removed = أُزيل الإعلان
verdict-client-suspended = أُوقف حساب العميل
verdict-job-expired = انتهت مدة المشروع
verdict-proposal-declined = رُفض العرض

subject-returned = { $verdict }: { $job } - { $n ->
    [zero] لم يُعد شيء من Connects
    [one] أُعيد { $n } Connect
    [two] أُعيد { $n } Connects
    [few] أُعيدت { $n } Connects
    [many] أُعيد { $n } Connects
   *[other] أُعيد { $n } Connects
}
subject-none-spent = { $verdict }: { $job } - لم يُنفق شيء من Connects
subject-none-returned = { $verdict }: { $job } - لا يُعاد شيء من Connects
subject-alone = { $verdict }: { $job }
job-and-more = { $job } و{ $k } غيره

## Opening

hello = مرحبًا { $name }،
hello-nobody = مرحبًا،

lead-client_canceled = ألغى العميل المشروع «{ $job }».
lead-filled_by_other = أُسند المشروع «{ $job }» إلى شخص آخر.
lead-client_declined = رفض العميل العرض المقدَّم على «{ $job }».
lead-expired = انتهت مدة الإعلان «{ $job }» دون أن يُبرم عقد على عرضك.
lead-post_removed_policy = أزلنا الإعلان «{ $job }» لأنه خالف قواعدنا.
lead-post_removed_fraud = أزلنا الإعلان «{ $job }» بسبب الاحتيال.
lead-client_suspended = أوقفنا حساب العميل الذي نشر «{ $job }».
lead-freelancer_suspended = أُوقف الحساب الذي أُرسل منه العرض على «{ $job }»، فأغلق النظام العرض.
lead-invitation_withdrawn = سُحبت الدعوة إلى المشروع «{ $job }».
lead-application_declined = لا يمكننا قبول طلبك بصورته الحالية.
lead-application_received = وصل طلبك.
lead-several-job-canceled = أُغلق مشروع، وأُغلقت معه عروض لك عددها { $k }.
lead-several-post-removed = أزلنا إعلانًا، وأُغلقت معه عروض لك عددها { $k }.
lead-several-client-suspended = أوقفنا حساب أحد العملاء. عدد عروضك على مشاريعه: { $k }.
lead-several-job-expired = انتهت مدة مشروع، وأُغلقت معه عروض لك عددها { $k }.
lead-several-proposal-declined = رُفضت عروض لك عددها { $k }.
lead-several-agency-job-canceled = أُغلق مشروع، وأُغلقت معه عروض لوكالتك عددها { $k }.
lead-several-agency-post-removed = أزلنا إعلانًا، وأُغلقت معه عروض لوكالتك عددها { $k }.
lead-several-agency-client-suspended = أوقفنا حساب أحد العملاء. عدد عروض وكالتك على مشاريعه: { $k }.
lead-several-agency-job-expired = انتهت مدة مشروع، وأُغلقت معه عروض لوكالتك عددها { $k }.
lead-several-agency-proposal-declined = رُفضت عروض لوكالتك عددها { $k }.

result-returned = { $n ->
    [zero] لم يُعد شيء من Connects.
    [one] أُعيد { $n } Connect إلى الرصيد.
    [two] أُعيد { $n } Connects إلى الرصيد.
    [few] أُعيدت { $n } Connects إلى الرصيد.
    [many] أُعيد { $n } Connects إلى الرصيد.
   *[other] أُعيد { $n } Connects إلى الرصيد.
}
result-none-spent = لم يُنفق شيء من Connects، فلا يُعاد منها شيء.
result-none-returned = لا يُعاد شيء من Connects، والسبب مذكور أدناه.

late = حدث ذلك في { $date }. يصل هذا الإشعار متأخرًا، ونعتذر عن ذلك.

## One proposal

your-proposal = عرضك
agency-proposal = عرض وكالتك
label-job = المشروع
label-proposal = العرض
label-acted = من اتخذ الإجراء
label-happened = ما حدث
label-rule = القاعدة المخالَفة
label-spent = المنفَق من Connects
label-earlier = ما أُعيد من قبل
label-returned = المعاد من Connects
label-balance = الرصيد
label-entries = قيود السجل
label-recorded = وقت التسجيل
label-expires = تنتهي صلاحية Connects المعادة
label-message = رسالة العميل
label-invitation = الدعوة
label-application = الطلب
label-decided = من قرر

proposal-sent = { $proposal }، أُرسل في { $date }
proposal-sent-invited = { $proposal }، أُرسل في { $date } ردًّا على دعوة
code = الرمز: { $reason }، السبب: { $cause }
amount = { $n }
amount-parts = { $n } (العرض { $fee }، التعزيز { $boost })
amount-proposal-only = { $n } (العرض { $fee }، دون تعزيز)
returned-none-because = لا شيء، لأن { $why } (الرمز: { $ground })
returned-none = لا شيء
balance-own = رصيدك الخاص، وهو الآن { $n ->
    [zero] { $n } Connects
    [one] { $n } Connect
    [two] { $n } Connects
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (الحساب { $account })
balance-agency = رصيد الوكالة، وهو الآن { $n ->
    [zero] { $n } Connects
    [one] { $n } Connect
    [two] { $n } Connects
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (الحساب { $account })
balance-own-unchanged = رصيدك الخاص، دون تغيير: { $n ->
    [zero] { $n } Connects
    [one] { $n } Connect
    [two] { $n } Connects
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (الحساب { $account })
balance-agency-unchanged = رصيد الوكالة، دون تغيير: { $n ->
    [zero] { $n } Connects
    [one] { $n } Connect
    [two] { $n } Connects
    [few] { $n } Connects
    [many] { $n } Connects
   *[other] { $n } Connects
} (الحساب { $account })
entries-none = لا شيء
hidden = { $n ->
    [zero] لا يشمل هذا الإشعار عروضًا أخرى.
    [one] يشمل هذا الإشعار عرضًا آخر محسوبًا أعلاه.
    [two] يشمل هذا الإشعار عرضين آخرين محسوبين أعلاه.
    [few] يشمل هذا الإشعار { $n } عروض أخرى محسوبة أعلاه.
    [many] يشمل هذا الإشعار { $n } عرضًا آخر محسوبة أعلاه.
   *[other] يشمل هذا الإشعار { $n } عرض آخر محسوبة أعلاه.
} كل العروض مدرجة في سجل Connects.

## Who acted

acted-client_canceled = العميل
acted-filled_by_other = العميل، باختياره شخصًا آخر
acted-client_declined = العميل
acted-expired = لا أحد؛ أغلق النظام الإعلان عند انتهاء مدته
acted-post_removed_policy = المنصة
acted-post_removed_fraud = المنصة
acted-client_suspended = المنصة
acted-freelancer_suspended = النظام؛ لم يرفض العميل شيئًا
acted-invitation_withdrawn = المنصة
acted-invitation_withdrawn-client-withdrew = العميل
acted-application_declined = المنصة
acted-application_received = أنت

## Why, by reason and by the event's own cause

reason-client_canceled = ألغى العميل المشروع.
reason-filled_by_other = اختير شخص آخر للمشروع.
reason-client_declined = رفض العميل هذا العرض.
reason-expired = انتهت مدة الإعلان.
reason-post_removed_policy = أزالت المنصة الإعلان لأنه خالف قواعد الإعلانات.
reason-post_removed_fraud = أزالت المنصة الإعلان بسبب الاحتيال.
reason-client_suspended = أوقفت المنصة حساب العميل.
reason-freelancer_suspended = أُوقف الحساب الذي أُرسل منه العرض.
reason-invitation_withdrawn = سُحبت الدعوة.
reason-application_declined = لم يُقبل الطلب.
reason-application_received = وصل الطلب.

cause-job-canceled-client-canceled = لم يذكر العميل سببًا آخر.
cause-job-canceled-accident = يقول العميل إنه نُشر عن طريق الخطأ.
cause-job-canceled-dropped = يقول العميل إنه تخلى عن المشروع.
cause-job-canceled-no-skills = يقول العميل إنه لم يجد أحدًا لديه المهارات المطلوبة.
cause-job-canceled-filled-elsewhere = يقول العميل إن العمل أُسند إلى شخص وجده في مكان آخر.
cause-job-canceled-filled = شُغلت كل الأماكن.
cause-job-canceled-expired = مرّ ثلاثون يومًا دون أي نشاط عليه.
cause-post-removed-terms-of-service = خالف شروط الخدمة.
cause-post-removed-fraud = ظهرت عليه علامات احتيال.
cause-post-removed-duplicate = نُشر المشروع نفسه أكثر من مرة.
cause-post-removed-inactive = ظل دون نشاط مدة طويلة، ويُعد ذلك انتهاءً لمدته.
cause-client-suspended-terms-of-service = السبب مخالفة شروط الخدمة.
cause-client-suspended-fraud = حدث ذلك وفق قواعد مكافحة الاحتيال.
cause-client-suspended-billing = الأمر متعلق بحساب العميل، لا بأي عرض.
cause-job-expired-expired = مضت مدته دون أن يُبرم عقد على هذا العرض.
cause-proposal-declined-hired-other = اختار العميل شخصًا آخر.
cause-proposal-declined-skills = يبحث العميل عن مهارات أخرى.
cause-proposal-declined-price = السعر أعلى مما يريده العميل.
cause-proposal-declined-experience = يبحث العميل عن ملف أو خبرة أخرى.
cause-proposal-declined-project-changed = تغيّر مشروع العميل أو تخلى عنه.
cause-proposal-declined-other = لم يختر العميل سببًا من القائمة.
cause-proposal-declined-freelancer-suspended = لم يقيّم أي عميل هذا العرض.
cause-invitation-withdrawn-client-issue = توجد مشكلة متعلقة بالعميل.
cause-invitation-withdrawn-job-issue = توجد مشكلة متعلقة بالمشروع.
cause-invitation-withdrawn-client-withdrew = تراجع العميل عنها.
cause-application-declined-under-age = يجب ألا يقل عمر الأعضاء عن 18 سنة.
cause-application-declined-incomplete = أجزاء من الملف الشخصي ناقصة.
cause-application-declined-text-errors = في نص الملف الشخصي أخطاء.
cause-application-declined-media = الصورة أو الفيديو دون الجودة المطلوبة أو لم يُحمَّل.
cause-application-declined-skills-mix = لا توجد حاليًا مشاريع لهذا المزيج من المهارات والخبرة.
cause-application-declined-competition = كان عدد الطلبات أكبر من الأماكن.
cause-application-declined-other = السبب ليس من الأسباب التي يمكننا ذكرها هنا.
cause-application-received-received = سيُقرأ الطلب.

## Why nothing came back

ground-nothing_spent = هذا العرض لم يُنفق عليه شيء من Connects
ground-nothing_spent-invited = الرد على الدعوات لا يكلّف شيئًا من Connects
ground-already_returned = كل ما أُنفق على هذا العرض كان قد أُعيد من قبل
ground-withdrawn = العرض كان قد سُحب قبل ذلك
ground-hired = عقدًا أُبرم على هذا العرض
ground-filled_by_other = المشروع انتهى باختيار شخص، ولا تُعاد Connects إلا من مشروع ينتهي دون ذلك
ground-declined_by_client = العميل رفض العرض، والعرض المرفوض لا تُعاد عنه Connects
ground-expired = الإعلان الذي تنتهي مدته لا تُعاد عنه Connects، بخلاف الإعلان الذي يلغيه العميل
ground-suspension_not_final = الإيقاف قد يُرفع لاحقًا
ground-reinstated = الإيقاف قد رُفع
ground-account_suspended = الحساب الذي أُرسل منه قد أُوقف

## What to know

know = معلومات مفيدة
no-judgement = لا يدل هذا على شيء بشأن كفاءتك: لم يقيّم أحد عرضك هنا.
no-judgement-agency = لا يدل هذا على شيء بشأن كفاءة من أرسل العرض: لم يقيّمه أحد هنا.
no-judgement-declined = اختيار العميل ليس حكمًا من المنصة على كفاءتك.
no-contract = لا يوجد عقد على هذا العرض. يُرجى عدم بدء العمل حتى إن ظل العميل يراسلك.
no-contract-several = لا يوجد عقد على أي من هذه العروض. يُرجى عدم بدء العمل حتى إن ظل العميل يراسلك.
safety-pay = لا تدفع شيئًا للحصول على هذا المشروع، ولا ترسل مستندات أو كلمات مرور أو رموزًا.
safety-offsite = لا تواصل الحديث مع هذا العميل خارج المنصة، لا بالمراسلة ولا بالهاتف ولا بالبريد، ولا تقبل أي دفع هناك.
safety-report = إن كنت قد دفعت أو سلّمت شيئًا، فأبلغ فريق الدعم الآن.
connects-are-credit = تُعد Connects المعادة رصيدًا للعروض، وليست مالًا.

## Invitations and applications

invitation-nothing-spent = لا يكلّف الرد على الدعوات شيئًا من Connects، فلا يُعاد منها شيء. لا يلزمك فعل أي شيء.
improve = ما يمكنك تحسينه
improve-complete-profile = أكمل ملفك الشخصي: املأ كل جزء فارغ.
improve-text = راجع نص ملفك الشخصي وصحّح أخطاءه.
improve-photo = استخدم صورة واضحة يظهر فيها وجهك.
improve-video = استخدم فيديو يعمل وصوته مسموع جيدًا.
improve-skills = أضف المهارات المناسبة التي لم تذكرها.
improve-experience = أضف خبرتك: أعمالًا سابقة، تعليمًا، معرض أعمال.
reapply = التقديم مرة أخرى
reapply-never = لا يمكن التقديم مرة أخرى.
reapply-now = يمكنك التقديم مرة أخرى في أي وقت.
reapply-after = يمكنك التقديم مرة أخرى بدءًا من { $date }.
decided-automated = برنامج؛ لم يقرأه أي شخص بعد
decided-person = شخص
decide-by = يصدر القرار في موعد أقصاه { $date }.

## How to ask

ask = أسئلة
ask-quote = اذكر العرض { $proposal } والإشعار { $notice }؛ بهما يجد فريق الدعم كل ما ورد أعلاه.
ask-quote-notice = اذكر الإشعار { $notice }؛ به يجد فريق الدعم كل ما ورد أعلاه.
ask-where = للاستفسار: { $url }
ask-where-label = طلب المساعدة
ask-reply = يمكنك الرد على هذه الرسالة.
event-line = الحدث { $event } بتاريخ { $date }
sent-by = أُرسلت من { $sender } بسبب عرضك. كتب هذه الرسالة برنامج.
sent-by-agency = أُرسلت من { $sender } بسبب عرض من وكالتك. كتب هذه الرسالة برنامج.
sent-by-alone = أُرسلت من { $sender }. كتب هذه الرسالة برنامج.
