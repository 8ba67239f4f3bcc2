# The sentences of the letters, in Hindi.
# Address: आप. Terms: proposal = प्रस्ताव, job = जॉब, post = पोस्ट, client = क्लाइंट, contract = अनुबंध, boost = बूस्ट,
# invitation = आमंत्रण, application = आवेदन, ledger entry = प्रविष्टि, balance = बैलेंस, notice = सूचना.
# "Connects" is a product name and stays in Latin letters: 1 Connect, 2 Connects.

## Dates

moment = { $day }, { $time } { $zone }

## Subjects

verdict-client_canceled = क्लाइंट ने रद्द किया
verdict-filled_by_other = जॉब भर गई
verdict-client_declined = क्लाइंट ने अस्वीकार किया
verdict-expired = जॉब की अवधि समाप्त
verdict-post_removed_policy = नियम तोड़ने के कारण पोस्ट हटाई गई
verdict-post_removed_fraud = धोखाधड़ी के कारण पोस्ट हटाई गई
verdict-client_suspended = क्लाइंट निलंबित
verdict-freelancer_suspended = सिस्टम ने बंद किया
verdict-invitation_withdrawn = आमंत्रण वापस लिया गया
verdict-application_declined = आपका आवेदन स्वीकार नहीं हुआ
verdict-application_received = हमें आपका आवेदन मिल गया
verdict-job-canceled = जॉब बंद हुई
verdict-post-removed = पोस्ट हटाई गई
verdict-client-suspended = क्लाइंट निलंबित
verdict-job-expired = जॉब की अवधि समाप्त
verdict-proposal-declined = प्रस्ताव अस्वीकार हुआ

subject-returned = { $verdict }: { $job } - { $n ->
    [one] { $n } Connect वापस मिला
   *[other] { $n } Connects वापस मिले
}
subject-none-spent = { $verdict }: { $job } - कोई Connects खर्च नहीं हुए
subject-none-returned = { $verdict }: { $job } - कोई Connects वापस नहीं
subject-alone = { $verdict }: { $job }
job-and-more = { $job } और { $k } अन्य

## Opening

hello = नमस्ते { $name },
hello-nobody = नमस्ते,

lead-client_canceled = क्लाइंट ने जॉब “{ $job }” रद्द कर दी।
lead-filled_by_other = जॉब “{ $job }” के लिए किसी और को चुन लिया गया।
lead-client_declined = क्लाइंट ने “{ $job }” के लिए भेजा गया प्रस्ताव अस्वीकार कर दिया।
lead-expired = पोस्ट “{ $job }” की अवधि समाप्त हो गई और आपके प्रस्ताव पर कोई अनुबंध नहीं बना।
lead-post_removed_policy = हमने पोस्ट “{ $job }” हटा दी, क्योंकि वह हमारे नियमों के विरुद्ध थी।
lead-post_removed_fraud = हमने पोस्ट “{ $job }” धोखाधड़ी के कारण हटा दी।
lead-client_suspended = जिस क्लाइंट ने “{ $job }” पोस्ट की थी, उसे हमने निलंबित कर दिया।
lead-freelancer_suspended = जिस खाते से “{ $job }” के लिए प्रस्ताव भेजा गया था, वह निलंबित हुआ, और सिस्टम ने प्रस्ताव बंद कर दिया।
lead-invitation_withdrawn = जॉब “{ $job }” का आमंत्रण वापस ले लिया गया।
lead-application_declined = हम आपका आवेदन इस रूप में स्वीकार नहीं कर सकते।
lead-application_received = आपका आवेदन पहुँच गया है।
lead-several-job-canceled = एक जॉब बंद हुई और उसके साथ आपके { $k } प्रस्ताव भी।
lead-several-post-removed = हमने एक पोस्ट हटाई और उसके साथ आपके { $k } प्रस्ताव भी बंद हुए।
lead-several-client-suspended = हमने एक क्लाइंट को निलंबित किया। आपके { $k } प्रस्ताव उसी क्लाइंट की जॉब के लिए थे।
lead-several-job-expired = एक जॉब की अवधि समाप्त हुई और उसके साथ आपके { $k } प्रस्ताव भी बंद हुए।
lead-several-proposal-declined = आपके { $k } प्रस्ताव अस्वीकार हुए।
lead-several-agency-job-canceled = एक जॉब बंद हुई और उसके साथ आपकी एजेंसी के { $k } प्रस्ताव भी।
lead-several-agency-post-removed = हमने एक पोस्ट हटाई और उसके साथ आपकी एजेंसी के { $k } प्रस्ताव भी बंद हुए।
lead-several-agency-client-suspended = हमने एक क्लाइंट को निलंबित किया। आपकी एजेंसी के { $k } प्रस्ताव उसी क्लाइंट की जॉब के लिए थे।
lead-several-agency-job-expired = एक जॉब की अवधि समाप्त हुई और उसके साथ आपकी एजेंसी के { $k } प्रस्ताव भी बंद हुए।
lead-several-agency-proposal-declined = आपकी एजेंसी के { $k } प्रस्ताव अस्वीकार हुए।

result-returned = { $n ->
    [one] { $n } Connect वापस मिला।
   *[other] { $n } Connects वापस मिले।
}
result-none-spent = कोई Connects खर्च नहीं हुए, इसलिए वापस भी कुछ नहीं आता।
result-none-returned = कोई Connects वापस नहीं आते; कारण नीचे दिया है।

late = यह { $date } को हुआ था। यह सूचना देर से आ रही है, इसके लिए हमें खेद है।

## One proposal

your-proposal = आपका प्रस्ताव
agency-proposal = आपकी एजेंसी का प्रस्ताव
label-job = जॉब
label-proposal = प्रस्ताव
label-acted = किसने किया
label-happened = क्या हुआ
label-rule = तोड़ा गया नियम
label-spent = खर्च हुए Connects
label-earlier = पहले वापस मिले
label-returned = वापस मिले Connects
label-balance = बैलेंस
label-entries = खाते की प्रविष्टियाँ
label-recorded = दर्ज हुआ
label-expires = वापस मिले Connects की वैधता
label-message = क्लाइंट का संदेश
label-invitation = आमंत्रण
label-application = आवेदन
label-decided = निर्णय किसने लिया

proposal-sent = { $proposal }, { $date } को भेजा गया
proposal-sent-invited = { $proposal }, आमंत्रण के उत्तर में { $date } को भेजा गया
code = कोड: { $reason }, कारण: { $cause }
amount = { $n }
amount-parts = { $n } (प्रस्ताव { $fee }, बूस्ट { $boost })
amount-proposal-only = { $n } (प्रस्ताव { $fee }, बूस्ट नहीं)
returned-none-because = कोई नहीं, क्योंकि { $why } (कोड: { $ground })
returned-none = कोई नहीं
balance-own = आपका अपना, अब { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (खाता { $account })
balance-agency = एजेंसी का, अब { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (खाता { $account })
balance-own-unchanged = आपका अपना, पहले जितना ही: { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (खाता { $account })
balance-agency-unchanged = एजेंसी का, पहले जितना ही: { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (खाता { $account })
entries-none = कोई नहीं
hidden = { $n ->
    [one] { $n } और प्रस्ताव इस सूचना में शामिल है और ऊपर गिना गया है।
   *[other] { $n } और प्रस्ताव इस सूचना में शामिल हैं और ऊपर गिने गए हैं।
} सभी Connects के इतिहास में दिखते हैं।

## Who acted

acted-client_canceled = क्लाइंट ने
acted-filled_by_other = क्लाइंट ने, किसी और को चुनकर
acted-client_declined = क्लाइंट ने
acted-expired = किसी ने नहीं; समय पूरा होने पर सिस्टम ने पोस्ट बंद की
acted-post_removed_policy = मार्केटप्लेस ने
acted-post_removed_fraud = मार्केटप्लेस ने
acted-client_suspended = मार्केटप्लेस ने
acted-freelancer_suspended = सिस्टम ने; क्लाइंट ने कुछ भी अस्वीकार नहीं किया
acted-invitation_withdrawn = मार्केटप्लेस ने
acted-invitation_withdrawn-client-withdrew = क्लाइंट ने
acted-application_declined = मार्केटप्लेस ने
acted-application_received = आपने

## Why, by reason and by the event's own cause

reason-client_canceled = क्लाइंट ने जॉब रद्द कर दी।
reason-filled_by_other = इस जॉब के लिए किसी और को चुन लिया गया।
reason-client_declined = क्लाइंट ने यह प्रस्ताव अस्वीकार कर दिया।
reason-expired = पोस्ट की अवधि समाप्त हो गई।
reason-post_removed_policy = मार्केटप्लेस ने पोस्ट हटा दी, क्योंकि वह पोस्ट के नियमों के विरुद्ध थी।
reason-post_removed_fraud = मार्केटप्लेस ने पोस्ट धोखाधड़ी के कारण हटा दी।
reason-client_suspended = मार्केटप्लेस ने क्लाइंट का खाता निलंबित कर दिया।
reason-freelancer_suspended = जिस खाते से प्रस्ताव भेजा गया था, वह निलंबित हुआ।
reason-invitation_withdrawn = आमंत्रण वापस ले लिया गया।
reason-application_declined = आवेदन स्वीकार नहीं हुआ।
reason-application_received = आवेदन पहुँच गया।

cause-job-canceled-client-canceled = क्लाइंट ने कोई और कारण नहीं बताया।
cause-job-canceled-accident = क्लाइंट के अनुसार यह ग़लती से पोस्ट हो गई थी।
cause-job-canceled-dropped = क्लाइंट के अनुसार प्रोजेक्ट छोड़ दिया गया।
cause-job-canceled-no-skills = क्लाइंट के अनुसार ज़रूरी कौशल वाला कोई नहीं मिला।
cause-job-canceled-filled-elsewhere = क्लाइंट के अनुसार काम कहीं और मिले व्यक्ति को दे दिया गया।
cause-job-canceled-filled = सभी जगहें भर गई हैं।
cause-job-canceled-expired = तीस दिन तक इस पर कोई गतिविधि नहीं हुई।
cause-post-removed-terms-of-service = वह सेवा की शर्तों के विरुद्ध थी।
cause-post-removed-fraud = उसमें ठगी के संकेत थे।
cause-post-removed-duplicate = वही जॉब एक से ज़्यादा बार पोस्ट की गई थी।
cause-post-removed-inactive = वह बहुत समय से निष्क्रिय थी; इसे अवधि समाप्त होना माना जाता है।
cause-client-suspended-terms-of-service = कारण सेवा की शर्तों का उल्लंघन है।
cause-client-suspended-fraud = यह धोखाधड़ी-रोधी नियमों के अंतर्गत हुआ।
cause-client-suspended-billing = इसका संबंध क्लाइंट के खाते से है, किसी प्रस्ताव से नहीं।
cause-job-expired-expired = समय बीत गया और इस प्रस्ताव पर कोई अनुबंध नहीं बना।
cause-proposal-declined-hired-other = क्लाइंट ने किसी और को चुना।
cause-proposal-declined-skills = क्लाइंट को दूसरे कौशल चाहिए।
cause-proposal-declined-price = दर या बोली क्लाइंट के लिए बहुत ज़्यादा है।
cause-proposal-declined-experience = क्लाइंट को दूसरी तरह की प्रोफ़ाइल या दूसरा अनुभव चाहिए।
cause-proposal-declined-project-changed = क्लाइंट का प्रोजेक्ट बदल गया या छोड़ दिया गया।
cause-proposal-declined-other = क्लाइंट ने सूची में से कोई कारण नहीं चुना।
cause-proposal-declined-freelancer-suspended = किसी क्लाइंट ने प्रस्ताव को परखा नहीं।
cause-invitation-withdrawn-client-issue = क्लाइंट से जुड़ी एक समस्या है।
cause-invitation-withdrawn-job-issue = जॉब से जुड़ी एक समस्या है।
cause-invitation-withdrawn-client-withdrew = क्लाइंट ने इसे वापस लिया।
cause-application-declined-under-age = सदस्य की आयु कम से कम 18 वर्ष होनी चाहिए।
cause-application-declined-incomplete = प्रोफ़ाइल के कुछ भाग ख़ाली हैं।
cause-application-declined-text-errors = प्रोफ़ाइल के लेखन में ग़लतियाँ हैं।
cause-application-declined-media = फ़ोटो या वीडियो की गुणवत्ता कम है या वह अपलोड नहीं हुआ।
cause-application-declined-skills-mix = इस तरह के कौशल और अनुभव के लिए फ़िलहाल कोई जॉब नहीं है।
cause-application-declined-competition = आवेदन जगहों से ज़्यादा थे।
cause-application-declined-other = कारण उनमें से नहीं है जिन्हें हम यहाँ बता सकते हैं।
cause-application-received-received = इसे पढ़ा जाएगा।

## Why nothing came back

ground-nothing_spent = इस प्रस्ताव पर कोई Connects खर्च नहीं हुए
ground-nothing_spent-invited = आमंत्रण का उत्तर देने में Connects नहीं लगते
ground-already_returned = इस प्रस्ताव पर जो भी खर्च हुआ था, वह पहले ही वापस मिल चुका था
ground-withdrawn = प्रस्ताव इससे पहले वापस ले लिया गया था
ground-hired = इस प्रस्ताव पर अनुबंध बन गया था
ground-filled_by_other = जॉब में किसी को चुन लिया गया, और Connects केवल उस जॉब से वापस आते हैं जो बिना किसी को चुने समाप्त हो
ground-declined_by_client = क्लाइंट ने प्रस्ताव अस्वीकार किया, और अस्वीकार हुए प्रस्ताव के Connects वापस नहीं आते
ground-expired = जिस पोस्ट की अवधि समाप्त हो जाए उससे Connects वापस नहीं आते; जिसे क्लाइंट रद्द करे उससे आते हैं
ground-suspension_not_final = निलंबन अभी हटाया जा सकता है
ground-reinstated = निलंबन हटा दिया गया
ground-account_suspended = जिस खाते से वह भेजा गया था, वह निलंबित हुआ

## What to know

know = ध्यान देने की बातें
no-judgement = इससे आपकी योग्यता के बारे में कुछ नहीं पता चलता: यहाँ किसी ने आपके प्रस्ताव को परखा नहीं।
no-judgement-agency = इससे प्रस्ताव भेजने वाले की योग्यता के बारे में कुछ नहीं पता चलता: यहाँ किसी ने उसे परखा नहीं।
no-judgement-declined = क्लाइंट का चुनाव आपकी योग्यता पर मार्केटप्लेस का निर्णय नहीं है।
no-contract = इस प्रस्ताव पर कोई अनुबंध नहीं है। क्लाइंट अब भी लिखे, तो भी काम शुरू न करें।
no-contract-several = इनमें से किसी प्रस्ताव पर अनुबंध नहीं है। क्लाइंट अब भी लिखे, तो भी काम शुरू न करें।
safety-pay = यह जॉब पाने के लिए कुछ भी भुगतान न करें, और दस्तावेज़, पासवर्ड या कोड न भेजें।
safety-offsite = इस क्लाइंट से मार्केटप्लेस के बाहर, मैसेंजर, फ़ोन या ई-मेल पर, बात आगे न बढ़ाएँ और वहाँ कोई भुगतान न लें।
safety-report = अगर आप कुछ भुगतान कर चुके हैं या कुछ सौंप चुके हैं, तो अभी सहायता टीम को बताएँ।
connects-are-credit = वापस मिले Connects प्रस्तावों के लिए क्रेडिट हैं, पैसा नहीं।

## Invitations and applications

invitation-nothing-spent = आमंत्रण का उत्तर देने में Connects नहीं लगते, इसलिए वापस भी कुछ नहीं आता। आपको कुछ करने की ज़रूरत नहीं है।
improve = आप क्या बेहतर कर सकते हैं
improve-complete-profile = अपनी प्रोफ़ाइल पूरी करें: हर ख़ाली भाग भरें।
improve-text = अपनी प्रोफ़ाइल का लेखन फिर से पढ़ें और ग़लतियाँ सुधारें।
improve-photo = साफ़ फ़ोटो लगाएँ जिसमें आपका चेहरा दिखे।
improve-video = ऐसा वीडियो लगाएँ जो चले और ठीक से सुनाई दे।
improve-skills = जो ज़रूरी कौशल छूट गए हैं, उन्हें जोड़ें।
improve-experience = अनुभव जोड़ें: पहले के काम, शिक्षा, पोर्टफ़ोलियो।
reapply = फिर से आवेदन
reapply-never = दोबारा आवेदन नहीं किया जा सकता।
reapply-now = आप कभी भी फिर से आवेदन कर सकते हैं।
reapply-after = आप { $date } से फिर से आवेदन कर सकते हैं।
decided-automated = एक प्रोग्राम ने; अभी किसी व्यक्ति ने इसे नहीं पढ़ा
decided-person = एक व्यक्ति ने
decide-by = निर्णय अधिक से अधिक { $date } तक होगा।

## How to ask

ask = प्रश्न
ask-quote = प्रस्ताव { $proposal } और सूचना { $notice } का उल्लेख करें; इन दोनों से सहायता टीम को ऊपर की सारी जानकारी मिल जाती है।
ask-quote-notice = सूचना { $notice } का उल्लेख करें; इससे सहायता टीम को ऊपर की सारी जानकारी मिल जाती है।
ask-where = कहाँ पूछें: { $url }
ask-where-label = सहायता माँगें
ask-reply = आप इस मेल का उत्तर दे सकते हैं।
event-line = घटना { $event }, { $date }
sent-by = आपके प्रस्ताव के कारण { $sender } की ओर से भेजा गया। यह मेल एक प्रोग्राम ने लिखा है।
sent-by-agency = आपकी एजेंसी के प्रस्ताव के कारण { $sender } की ओर से भेजा गया। यह मेल एक प्रोग्राम ने लिखा है।
sent-by-alone = { $sender } की ओर से भेजा गया। यह मेल एक प्रोग्राम ने लिखा है।
