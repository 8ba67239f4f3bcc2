# The sentences of the letters, in Portuguese as written in Brazil.
# Address: você. Terms: proposal = proposta, job = projeto, post = anúncio, client = cliente, contract = contrato,
# boost = impulso, invitation = convite, application = candidatura, ledger entry = lançamento, balance = saldo,
# notice = aviso. "Connects" is a product name: 1 Connect, 2 Connects.

## Dates

moment = { $day }, { $time } { $zone }

## Subjects

verdict-client_canceled = Cancelado pelo cliente
verdict-filled_by_other = Projeto preenchido
verdict-client_declined = Recusada pelo cliente
verdict-expired = Projeto expirado
verdict-post_removed_policy = Anúncio removido por violar as regras
verdict-post_removed_fraud = Anúncio removido por fraude
verdict-client_suspended = Cliente suspenso
verdict-freelancer_suspended = Encerrada pelo sistema
verdict-invitation_withdrawn = Convite retirado
verdict-application_declined = Sua candidatura não foi aceita
verdict-application_received = Recebemos sua candidatura
verdict-job-canceled = Projeto encerrado
verdict-post-removed = Anúncio removido
verdict-client-suspended = Cliente suspenso
verdict-job-expired = Projeto expirado
verdict-proposal-declined = Proposta recusada

subject-returned = { $verdict }: { $job } - { $n ->
    [one] { $n } Connect devolvido
   *[other] { $n } Connects devolvidos
}
subject-none-spent = { $verdict }: { $job } - nenhum Connect foi gasto
subject-none-returned = { $verdict }: { $job } - nenhum Connect devolvido
subject-alone = { $verdict }: { $job }
job-and-more = { $job } e mais { $k }

## Opening

hello = Olá, { $name },
hello-nobody = Olá,

lead-client_canceled = O cliente cancelou o projeto “{ $job }”.
lead-filled_by_other = O projeto “{ $job }” ficou com outra pessoa.
lead-client_declined = O cliente recusou a proposta para “{ $job }”.
lead-expired = O anúncio “{ $job }” expirou sem que sua proposta virasse um contrato.
lead-post_removed_policy = Removemos o anúncio “{ $job }” porque ele violava nossas regras.
lead-post_removed_fraud = Removemos o anúncio “{ $job }” por fraude.
lead-client_suspended = Suspendemos o cliente que havia publicado “{ $job }”.
lead-freelancer_suspended = A conta que enviou a proposta para “{ $job }” foi suspensa, e o sistema encerrou a proposta.
lead-invitation_withdrawn = O convite para o projeto “{ $job }” foi retirado.
lead-application_declined = Não podemos aceitar sua candidatura como ela está.
lead-application_received = Sua candidatura chegou.
lead-several-job-canceled = Um projeto foi encerrado e, com ele, { $k } das suas propostas.
lead-several-post-removed = Removemos um anúncio e, com ele, { $k } das suas propostas.
lead-several-client-suspended = Suspendemos um cliente. { $k } das suas propostas eram para projetos dele.
lead-several-job-expired = Um projeto expirou e, com ele, { $k } das suas propostas.
lead-several-proposal-declined = { $k } das suas propostas foram recusadas.
lead-several-agency-job-canceled = Um projeto foi encerrado e, com ele, { $k } propostas da sua agência.
lead-several-agency-post-removed = Removemos um anúncio e, com ele, { $k } propostas da sua agência.
lead-several-agency-client-suspended = Suspendemos um cliente. { $k } propostas da sua agência eram para projetos dele.
lead-several-agency-job-expired = Um projeto expirou e, com ele, { $k } propostas da sua agência.
lead-several-agency-proposal-declined = { $k } propostas da sua agência foram recusadas.

result-returned = { $n ->
    [one] { $n } Connect voltou para o saldo.
   *[other] { $n } Connects voltaram para o saldo.
}
result-none-spent = Nenhum Connect foi gasto, então nenhum volta.
result-none-returned = Nenhum Connect volta; o motivo está abaixo.

late = Isso aconteceu em { $date }. Este aviso chega tarde, e sentimos muito por isso.

## One proposal

your-proposal = Sua proposta
agency-proposal = Proposta da sua agência
label-job = Projeto
label-proposal = Proposta
label-acted = Quem agiu
label-happened = O que aconteceu
label-rule = Regra violada
label-spent = Connects gastos
label-earlier = Devolvidos antes
label-returned = Connects devolvidos
label-balance = Saldo
label-entries = Lançamentos
label-recorded = Registrado
label-expires = Os Connects devolvidos expiram
label-message = Mensagem do cliente
label-invitation = Convite
label-application = Candidatura
label-decided = Quem decidiu

proposal-sent = { $proposal }, enviada em { $date }
proposal-sent-invited = { $proposal }, enviada em { $date } em resposta a um convite
code = código: { $reason }, causa: { $cause }
amount = { $n }
amount-parts = { $n } (proposta { $fee }, impulso { $boost })
amount-proposal-only = { $n } (proposta { $fee }, sem impulso)
returned-none-because = nenhum, porque { $why } (código: { $ground })
returned-none = nenhum
balance-own = o seu, agora { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (conta { $account })
balance-agency = o da agência, agora { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (conta { $account })
balance-own-unchanged = o seu, inalterado: { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (conta { $account })
balance-agency-unchanged = o da agência, inalterado: { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (conta { $account })
entries-none = nenhum
hidden = { $n ->
    [one] Mais uma proposta faz parte deste aviso e está incluída
   *[other] Mais { $n } propostas fazem parte deste aviso e estão incluídas
} na soma acima. Todas aparecem no histórico de Connects.

## Who acted

acted-client_canceled = o cliente
acted-filled_by_other = o cliente, ao contratar outra pessoa
acted-client_declined = o cliente
acted-expired = ninguém; o sistema encerrou o anúncio quando o prazo acabou
acted-post_removed_policy = a plataforma
acted-post_removed_fraud = a plataforma
acted-client_suspended = a plataforma
acted-freelancer_suspended = o sistema; o cliente não recusou nada
acted-invitation_withdrawn = a plataforma
acted-invitation_withdrawn-client-withdrew = o cliente
acted-application_declined = a plataforma
acted-application_received = você

## Why, by reason and by the event's own cause

reason-client_canceled = O cliente cancelou o projeto.
reason-filled_by_other = Outra pessoa foi contratada para o projeto.
reason-client_declined = O cliente recusou esta proposta.
reason-expired = O prazo do anúncio acabou.
reason-post_removed_policy = A plataforma removeu o anúncio porque ele violava as regras para anúncios.
reason-post_removed_fraud = A plataforma removeu o anúncio por fraude.
reason-client_suspended = A plataforma suspendeu a conta do cliente.
reason-freelancer_suspended = A conta que enviou a proposta foi suspensa.
reason-invitation_withdrawn = O convite foi retirado.
reason-application_declined = A candidatura não foi aceita.
reason-application_received = A candidatura chegou.

cause-job-canceled-client-canceled = Ele não deu outro motivo.
cause-job-canceled-accident = O cliente diz que ele tinha sido publicado por engano.
cause-job-canceled-dropped = O cliente diz que desistiu do projeto.
cause-job-canceled-no-skills = O cliente diz que não encontrou ninguém com as habilidades necessárias.
cause-job-canceled-filled-elsewhere = O cliente diz que passou o trabalho a alguém encontrado em outro lugar.
cause-job-canceled-filled = Todas as vagas estão preenchidas.
cause-job-canceled-expired = Passaram-se trinta dias sem atividade.
cause-post-removed-terms-of-service = Ele contrariava os Termos de Serviço.
cause-post-removed-fraud = Ele apresentava sinais de golpe.
cause-post-removed-duplicate = O mesmo projeto tinha sido publicado mais de uma vez.
cause-post-removed-inactive = Ele estava inativo havia tempo demais; isso conta como expirado.
cause-client-suspended-terms-of-service = Foi por violação dos Termos de Serviço.
cause-client-suspended-fraud = Foi com base nas regras contra fraude.
cause-client-suspended-billing = Tem a ver com a conta do cliente, e não com alguma proposta.
cause-job-expired-expired = O prazo passou sem que esta proposta virasse um contrato.
cause-proposal-declined-hired-other = O cliente contratou outra pessoa.
cause-proposal-declined-skills = O cliente procura outras habilidades.
cause-proposal-declined-price = O valor está alto demais para o cliente.
cause-proposal-declined-experience = O cliente procura outro perfil ou outra experiência.
cause-proposal-declined-project-changed = O projeto do cliente mudou ou foi abandonado.
cause-proposal-declined-other = O cliente não escolheu nenhum motivo da lista.
cause-proposal-declined-freelancer-suspended = Nenhum cliente avaliou a proposta.
cause-invitation-withdrawn-client-issue = Há um problema com o cliente.
cause-invitation-withdrawn-job-issue = Há um problema com o projeto.
cause-invitation-withdrawn-client-withdrew = O cliente voltou atrás.
cause-application-declined-under-age = É preciso ter pelo menos 18 anos para participar.
cause-application-declined-incomplete = Faltam partes do perfil.
cause-application-declined-text-errors = Há erros no texto do perfil.
cause-application-declined-media = A foto ou o vídeo não tem qualidade suficiente ou não foi carregado.
cause-application-declined-skills-mix = No momento não há projetos para essa combinação de habilidades e experiência.
cause-application-declined-competition = Houve mais candidaturas do que vagas.
cause-application-declined-other = O motivo não é nenhum dos que podemos citar aqui.
cause-application-received-received = Ela será lida.

## Why nothing came back

ground-nothing_spent = nenhum Connect foi gasto nesta proposta
ground-nothing_spent-invited = responder a um convite não custa Connects
ground-already_returned = tudo o que foi gasto nesta proposta já tinha voltado antes
ground-withdrawn = a proposta tinha sido retirada antes disso
ground-hired = esta proposta virou um contrato
ground-filled_by_other = o projeto terminou com uma contratação, e os Connects só voltam de um projeto que termina sem nenhuma
ground-declined_by_client = o cliente recusou a proposta, e uma proposta recusada não devolve Connects
ground-expired = um anúncio cujo prazo acaba não devolve Connects; um anúncio que o cliente cancela, sim
ground-suspension_not_final = a suspensão ainda pode ser cancelada
ground-reinstated = a suspensão foi cancelada
ground-account_suspended = a conta que a enviou foi suspensa

## What to know

know = Bom saber
no-judgement = Isso não diz nada sobre sua qualificação: ninguém avaliou sua proposta aqui.
no-judgement-agency = Isso não diz nada sobre a qualificação de quem enviou a proposta: ninguém a avaliou aqui.
no-judgement-declined = A escolha do cliente não é um julgamento da plataforma sobre sua qualificação.
no-contract = Não existe contrato para esta proposta. Não comece a trabalhar, mesmo que o cliente continue escrevendo para você.
no-contract-several = Não existe contrato para nenhuma destas propostas. Não comece a trabalhar, mesmo que o cliente continue escrevendo para você.
safety-pay = Não pague nada para conseguir este projeto e não envie documentos, senhas nem códigos.
safety-offsite = Não continue com este cliente fora da plataforma, por aplicativo de mensagens, telefone ou e-mail, e não aceite pagamentos por lá.
safety-report = Se você já pagou ou entregou alguma coisa, avise o suporte agora.
connects-are-credit = Connects devolvidos são crédito para propostas, não dinheiro.

## Invitations and applications

invitation-nothing-spent = Responder a um convite não custa Connects, então nenhum volta. Você não precisa fazer nada.
improve = O que você pode melhorar
improve-complete-profile = Complete seu perfil: preencha todas as partes vazias.
improve-text = Releia o texto do seu perfil e corrija os erros.
improve-photo = Use uma foto nítida que mostre seu rosto.
improve-video = Use um vídeo que abra e que se ouça bem.
improve-skills = Acrescente habilidades relevantes que ficaram de fora.
improve-experience = Acrescente experiência: trabalhos anteriores, formação, um portfólio.
reapply = Nova candidatura
reapply-never = Não é possível se candidatar de novo.
reapply-now = Você pode se candidatar de novo a qualquer momento.
reapply-after = Você pode se candidatar de novo a partir de { $date }.
decided-automated = um programa; ninguém a leu ainda
decided-person = uma pessoa
decide-by = A decisão sai até { $date }.

## How to ask

ask = Perguntas
ask-quote = Informe a proposta { $proposal } e o aviso { $notice }; com eles o suporte encontra tudo o que está acima.
ask-quote-notice = Informe o aviso { $notice }; com ele o suporte encontra tudo o que está acima.
ask-where = Onde perguntar: { $url }
ask-where-label = Pedir ajuda
ask-reply = Você pode responder a este e-mail.
event-line = Evento { $event }, { $date }
sent-by = Enviado por { $sender } por causa da sua proposta. Este e-mail foi escrito por um programa.
sent-by-agency = Enviado por { $sender } por causa de uma proposta da sua agência. Este e-mail foi escrito por um programa.
sent-by-alone = Enviado por { $sender }. Este e-mail foi escrito por um programa.
