-- Plain language: what a message that goes out had better not say. The lists
-- are rows, so that an organisation adds its own words to ours.

create domain kov.language_rule_name as text check (value in ('hedge',
  'self_defence', 'denial', 'blame', 'precondition', 'jargon',
  'missing_empathy', 'repeat', 'readability'));
comment on domain kov.language_rule_name is 'What a language check marks';
create domain kov.language_severity as text
  check (value in ('low', 'medium', 'high'));
comment on domain kov.language_severity is 'How much a finding matters';
create domain kov.language_use as text
  check (value in ('mark', 'want', 'spare'));
comment on domain kov.language_use is 'What is done with phrases: they are marked, wanted, or spared when said again';

create table kov.language_rule (
  rule kov.language_rule_name not null,
  language text not null,
  severity kov.language_severity not null,
  level smallint check (level between 1 and 3),
  suggestion text not null,
  primary key (rule, language)
);
comment on table kov.language_rule is 'What a language check looks for, by language';
comment on column kov.language_rule.rule is 'Its name';
comment on column kov.language_rule.language is 'Of the text that is judged, and of the suggestion';
comment on column kov.language_rule.severity is 'How much it matters; a text that is hard to read says it by its score';
comment on column kov.language_rule.level is 'Of defensiveness: 1 self-defence, 2 denial, 3 blame; null: none';
comment on column kov.language_rule.suggestion is 'What to do instead, where a phrase says nothing of its own';

create table kov.language_phrase (
  rule kov.language_rule_name not null,
  language text not null,
  number int not null,
  use kov.language_use not null,
  phrase text not null,
  suggestion text,
  primary key (rule, language, number)
);
comment on table kov.language_phrase is 'The phrases that all organisations share';
comment on column kov.language_phrase.rule is 'The rule it serves';
comment on column kov.language_phrase.language is 'Of the text';
comment on column kov.language_phrase.number is 'Its place in the list';
comment on column kov.language_phrase.use is 'Whether it is marked, wanted or spared';
comment on column kov.language_phrase.phrase is 'Words, as a PostgreSQL regular expression in which a space is any white space and … up to six words of the same sentence';
comment on column kov.language_phrase.suggestion is 'What to do instead; null: as the rule says';

create table kov.language_own_phrase (
  organisation_id bigint not null,
  id uuid not null,
  rule kov.language_rule_name not null check (rule in ('hedge',
    'self_defence', 'denial', 'blame', 'precondition', 'jargon')),
  language text not null check (language in ('nl', 'en')),
  phrase text not null check (phrase ~ '\w' and length(phrase) <= 100),
  suggestion text check (length(suggestion) <= 500),
  created_at timestamptz not null default clock_timestamp(),
  primary key (organisation_id, id),
  unique (organisation_id, language, rule, phrase)
);
comment on table kov.language_own_phrase is 'What an organisation marks beside the shared phrases';
comment on column kov.language_own_phrase.organisation_id is 'Whose';
comment on column kov.language_own_phrase.id is 'UUIDv7';
comment on column kov.language_own_phrase.rule is 'The rule it serves';
comment on column kov.language_own_phrase.language is 'Of the text';
comment on column kov.language_own_phrase.phrase is 'Plain words, no expression';
comment on column kov.language_own_phrase.suggestion is 'What to do instead; null: as the rule says';
comment on column kov.language_own_phrase.created_at is 'When it was added';

insert into kov.language_rule values
  ('hedge', 'nl', 'medium', null, 'Zeg wat er gebeurt, zonder voorbehoud'),
  ('hedge', 'en', 'medium', null, 'Say what will happen, without reservation'),
  ('self_defence', 'nl', 'medium', 1,
    'Laat weg waarom het zo ging, en zeg wat u nu doet'),
  ('self_defence', 'en', 'medium', 1,
    'Leave out why it went so, and say what you do now'),
  ('denial', 'nl', 'high', 2,
    'Ga uit van wat de klant meemaakte, en zeg wat u wel kunt doen'),
  ('denial', 'en', 'high', 2,
    'Start from what the customer went through, and say what you can do'),
  ('blame', 'nl', 'high', 3,
    'Zoek het bij uw eigen werkwijze, niet bij de klant'),
  ('blame', 'en', 'high', 3,
    'Look to your own way of working, not to the customer'),
  ('precondition', 'nl', 'high', null,
    'Begin met helpen; vraag daarna wat u nog nodig heeft, en waarvoor'),
  ('precondition', 'en', 'high', null,
    'Start helping; then ask for what you still need, and say what for'),
  ('jargon', 'nl', 'low', null, 'Gebruik een gewoon woord'),
  ('jargon', 'en', 'low', null, 'Use an everyday word'),
  ('missing_empathy', 'nl', 'medium', null,
    'Begin met wat dit voor de klant betekent'),
  ('missing_empathy', 'en', 'medium', null,
    'Begin with what this means for the customer'),
  ('repeat', 'nl', 'low', null, 'Zeg het een keer, of met andere woorden'),
  ('repeat', 'en', 'low', null, 'Say it once, or in other words'),
  ('readability', 'nl', 'medium', null,
    'Maak de zinnen korter en kies kortere woorden'),
  ('readability', 'en', 'medium', null,
    'Make the sentences shorter and choose shorter words');

-- A list of ours: one phrase a line.
create function pg_temp.phrases(rule text, language text, use text,
  suggestion text, phrases text) returns void language sql as $$
  insert into kov.language_phrase (rule, language, number, use, phrase,
    suggestion)
  select $1, $2, (select count(*) from kov.language_phrase p
    where p.rule = $1 and p.language = $2) + w.n, $3, btrim(w.phrase), $4
  from string_to_table(btrim($5, E' \n'), E'\n') with ordinality w (phrase, n)
$$;

do $do$ begin
perform pg_temp.phrases('hedge', 'nl', 'mark',
  'Noem een dag of een tijdstip', $$
  zo (spoedig|snel|vlug|gauw) mogelijk
  zo (spoedig|snel) als (we|wij|ik) (kunnen|kan)
  op (zeer |heel )?korte termijn
  binnenkort
  eerdaags
  een dezer dagen
  te zijner tijd
  t\.z\.t
  binnen (afzienbare tijd|een redelijke termijn|redelijke termijn)
  in de (nabije toekomst|loop van de (komende )?(dagen|weken))
  (de|in de) komende (dagen|weken|tijd)
  $$);
perform pg_temp.phrases('hedge', 'nl', 'mark', null, $$
  in (principe|beginsel)
  normaal gesproken
  normaliter
  doorgaans
  gewoonlijk
  in de regel
  over het algemeen
  naar verwachting
  waarschijnlijk
  vermoedelijk
  mogelijkerwijs
  misschien
  wellicht
  (indien|waar|voor zover|zo) mogelijk
  het zou kunnen
  (we|wij|ik) (zullen |zal |gaan |ga )?(proberen|probeer|trachten|tracht|hopen|hoop)
  (proberen|probeer|trachten|tracht|hopen) (we|wij|ik)
  (streven|streef) (we |wij |ik )?(er )?(altijd )?(er)?naar
  (doen|doe) (ons|onze|mijn) (uiterste )?best
  (ons|onze|mijn) (uiterste )?best (te )?doen
  (niets|niet|geen) … (garanderen|beloven)
  geen garanties?
  $$);
perform pg_temp.phrases('hedge', 'en', 'mark', 'Name a day or a time', $$
  as (soon|quickly|fast|promptly) as (possible|practicable|we (possibly )?can|i (possibly )?can)
  a\.?s\.?a\.?p
  at (our|the) earliest (convenience|opportunity)
  in due (course|time)
  (very )?shortly(?! (after|before))
  in the (near|foreseeable) future
  (in|over|within) the (coming|next few) (days|weeks)
  before long
  at some point
  within a reasonable (time|period)
  $$);
perform pg_temp.phrases('hedge', 'en', 'mark', null, $$
  in principle
  in general
  generally( speaking)?
  normally
  usually
  typically
  under normal circumstances
  probably
  possibly
  perhaps
  most likely
  (where|wherever|whenever|if|as far as|as much as) (at all )?possible
  (we|i)('ll| will| shall| do| always)*( try| aim| endeavou?r| strive| attempt) to
  (we|i)('re|'m| are| am) (trying|aiming|striving|hoping) to
  (we|i)( do)? hope to(?! (see|welcome))
  (do|doing) (our|my) (very |level |utmost )*best
  (cannot|can't|can not|not able to|unable to) (give … )?(guarantee|promise)
  no guarantees?( that)?
  (should|may|might) be able to
  $$);

perform pg_temp.phrases('self_defence', 'nl', 'mark', null, $$
  zoals(?! (u|je|jij|jullie)\M) … (al|reeds|eerder) … (aangegeven|gemeld|vermeld|gezegd|uitgelegd|toegelicht|geschreven|medegedeeld|meegedeeld|verteld)
  (nu|nou) eenmaal
  (ons|het) beleid (is|schrijft|staat)
  is (gewoon )?(ons|onze) (beleid|procedure|werkwijze)
  (volgens|conform|op basis van|op grond van) (ons|onze|de|het)( \w+)? (beleid|procedure|procedures|protocol|protocollen|regels|richtlijnen|voorschriften|voorwaarden|werkwijze)
  (correct|juist|zorgvuldig|netjes|volgens … regels) gehandeld
  er alles aan gedaan
  (wij|we|ik|hij|zij|ze|collega|collega's|medewerker|medewerkers|monteur|chauffeur) (hebben|heb|heeft) … (al het mogelijke|alles) … gedaan
  gedaan wat (we|wij) (konden|kunnen)
  (vanwege|door|wegens|gezien|in verband met) (de |onze |het )?(\w+ )?(drukte|onderbezetting|personeelstekort|personeelsgebrek)
  (het|we|wij) (is|was|zijn|waren|hebben|hadden) (\w+ ){0,3}(erg|heel|enorm|extreem|ontzettend|zeer) druk
  (hebben|hadden) het … (erg|heel|enorm|extreem|ontzettend|zeer) druk
  (u|je) (moet|dient) … (begrijpen|te begrijpen)
  (krijgen|ontvangen|verwerken) (\w+ )*(honderden|duizenden|tientallen|veel) (\w+ )?(berichten|mails|e-mails|klachten|aanvragen|bestellingen|telefoontjes)
  (ons|het) systeem … niet toe
  (wij|we|ik) (kunnen|kan|hebben|heb) (\w+ )?ook maar
  $$);
perform pg_temp.phrases('self_defence', 'en', 'mark', null, $$
  as (was |has been )?(already|previously|earlier|repeatedly) (stated|mentioned|explained|advised|communicated|indicated|noted|discussed)
  as (we|i)('ve| have| had)? (already|previously|clearly|repeatedly) (\w+)
  as (stated|mentioned|explained|told|said|advised|indicated|communicated|noted) (before|already|earlier|previously|above)
  as (we|i)('ve| have)? (stated|mentioned|explained|told|said|informed|advised) … (before|already|earlier|previously)
  (as per|per|under|in line with|in accordance with|according to|based on) (our|the company|company) (\w+ )?(policy|policies|procedure|procedures|protocol|guidelines|terms|rules)
  (it|this|that)('s| is| was) (simply |just )?(our|company|the company|standard) (\w+ )?(policy|procedure|practice)
  our (policy|policies|procedures|terms|terms and conditions|conditions|rules) (state|states|say|says|do not|don't|does not|doesn't|require|requires|are clear|is clear)
  (?!(you|have|has|had|ve|only|also|always)\M)\w+('ve| have| has)? (only |always )?(followed|acted) … (procedures?|protocol|correctly|properly|accordance|rules)
  (due to|because of|owing to|given) … (high|large|exceptional|unprecedented|busy|volume|volumes) … (volumes?|number|demand|period|season|calls|requests|messages)
  (we|team|teams|department|lines|warehouse|colleagues)('re| are| is| were| was|'ve been| have been| has been) (currently |all |just )*(extremely |very |really |exceptionally |unusually |so )*busy
  (did|done|doing) everything (that )?(we|i|he|she|they) (can|could)
  everything in our power
  (please|must|have to|need to) understand that (we|our)
  short[- ]staffed
  understaffed
  staff shortages?
  our hands are tied
  (our|the) system (does not|doesn't|will not|won't|cannot|can't|did not|didn't) (allow|let|permit|support)
  $$);

perform pg_temp.phrases('denial', 'nl', 'mark', null, $$
  herken(nen)? (wij |we |ik )?(ons|mij|me|onszelf|dit|dat|uw|het|deze|die)( \w+){0,3} niet
  (dat|dit|wat (u|je) (zegt|schrijft|stelt|beweert)|(uw|je) (bewering|verhaal|lezing)) (klopt|is) ((echt|helemaal|gewoon|feitelijk|volgens ons) )*(niet (waar|juist|correct)|onjuist|onwaar|onmogelijk|uitgesloten|ondenkbaar)
  (dat|dit|wat (u|je) (zegt|schrijft|stelt|beweert)|(uw|je) (bewering|verhaal|lezing)) klopt ((echt|helemaal|gewoon|volgens ons) )*niet(?! met (onze|wat))
  geen (enkele )?(fout|fouten|vergissing) (gemaakt|begaan|gevonden|aan onze)
  niets (fout|verkeerd|mis) (gegaan|mee|met|aan)
  (wij|we|ik|hij|zij|ze|collega|collega's|medewerker|medewerkers|monteur|chauffeur) (hebben|heb|heeft) (\w+ ){0,2}niets (fout|verkeerd) gedaan
  niets te verwijten
  geen sprake van … (fout|fouten|nalatigheid|gebrek|defect|tekortkoming|schade|overtreding|misleiding)
  (zie|zien|zagen|vinden|vonden|constateren|hebben) (wij |we |ik )?(\w+ ){0,2}geen (enkele )?(aanleiding|grond|fout|fouten|gebrek|gebreken|afwijking|afwijkingen|onregelmatigheden|tekortkoming|tekortkomingen)
  niet (onze|ons) (fout|schuld|verantwoordelijkheid|probleem|zaak|taak)
  niet aan ons (te wijten|gelegen|toe te rekenen)
  (ligt|lag) (echt |gewoon |dus )?niet (aan|bij) ons
  buiten (onze|ons) (schuld|verantwoordelijkheid|macht|invloed|controle|schuld om)
  (wij|we|ons bedrijf|organisatie) (zijn|is|kunnen|kan|worden|achten ons|voelen ons) (\w+ ){0,3}niet (verantwoordelijk|aansprakelijk)
  geen (enkele )?(aansprakelijkheid|verantwoordelijkheid)
  (kunnen|kan|konden) (\w+ ){0,3}(niets|weinig|niks) (meer )?(aan|tegen|voor u) (meer )?(doen|veranderen|betekenen)
  (niets|niks) (over |van |hierover |hiervan )?bekend
  geen (klacht|klachten|melding|meldingen|probleem|problemen|storing|storingen) (over |van )?bekend
  weten (wij|we) (niets|niks) (van|over)
  klacht … (ongegrond|onterecht|niet gegrond|ongefundeerd|niet terecht|niet ontvankelijk)
  (dat|dit|zoiets) (is|heeft|kan|zou) (\w+ ){0,3}(niet|nooit) (\w+ )?(gebeurd|voorgevallen|plaatsgevonden|gezegd|gebeuren|kunnen)
  zo is het (\w+ )?niet (gegaan|gebeurd|verlopen)
  andere klanten … (geen|nooit|niet|niemand)
  $$);
perform pg_temp.phrases('denial', 'en', 'mark', null, $$
  (do not|don't|cannot|can't|did not|didn't) recogni[sz]e (this|that|your|the|ourselves|what|any)
  (cannot|can't|do not|don't|will not|won't|not) accept (any )?(responsibility|liability|blame|fault)
  (accept|take|bear|have) no (responsibility|liability|blame)
  (that|what you \w+|your (claim|account|version|complaint|allegation|statement|story))( is|'s| was) (simply |just |factually |quite |clearly )*(not (true|possible|justified|what happened)|untrue|impossible|unfounded|unjustified|groundless)
  (what you \w+|your (claim|account|version|complaint|allegation|statement|story))( is| was) (simply |just |factually |quite |clearly )*(not (correct|accurate)|incorrect|inaccurate|false|wrong|rejected|not upheld|without merit)
  (is|was|are|were|'s)(n't| not) (really |in any way |something )?(our (fault|responsibility|problem|mistake|error|doing|issue|concern)|down to us|due to us)
  no (fault|error|mistake|failure) (of ours|on our|was made|by us|has been)
  (outside|beyond|out) of our (control|hands|responsibility)
  (outside|beyond) our (control|responsibility)
  (we|company|shop|store)('re| are| is| were| will| can| could)? (not|cannot|never) (be )?(held )?(responsible|liable|accountable)
  (we|company) (cannot|can't|won't|aren't|weren't|isn't) (be )?(held )?(responsible|liable|accountable)
  nothing (went|is|was|has gone) wrong
  (we|i|he|she|they|staff|team|colleagues?|driver|shop)('ve| have| has)? (did|done) nothing wrong
  there('s| is| was| has been| were) (absolutely |simply )?no (error|errors|mistake|mistakes|fault|faults|wrongdoing|failure|failures|problem|problems)
  (did not|didn't|made no|not made|have not made|haven't made) (make )?(a |an |any )?(mistakes?|errors?)
  (nothing|not much|little) (more |else |further )?(that )?(we|i) (can|could) do
  (have|find|found|see|no) no (record|trace|evidence|sign|fault|faults|grounds) (of|for|with|to|in|that)
  (that|this|such a thing) (did not|didn't|never|could not have|couldn't have|cannot have|can't have|simply does not) (happen|happened|occur|occurred|take place)
  (no|none of our) other customers?
  other customers … (no|not|never|without)
  $$);

perform pg_temp.phrases('blame', 'nl', 'mark', null, $$
  (u|je|jij) had … (moeten|kunnen)(?! (kunnen )?(krijgen|ontvangen|horen|hebben|vertrouwen|rekenen|verwachten|worden)\M)
  had (u|je|jij) … (moeten|kunnen)(?! (kunnen )?(krijgen|ontvangen|horen|hebben|vertrouwen|rekenen|verwachten|worden)\M)
  had (u|je|jij) (maar|beter|toch|eerder|het|de|dit|dat) (\w+ ){0,3}(gebeld|gemeld|gelezen|gecontroleerd|gevraagd|gekeken|opgelet)
  (uw|je|jouw) eigen (schuld|fout|verantwoordelijkheid|nalatigheid|toedoen|onoplettendheid|handelen)
  (is|was|door|wegens|vanwege) (uw|jouw) (schuld|fout|nalatigheid|onoplettendheid|onzorgvuldigheid|toedoen)
  (u|je|jij) (heeft|hebt|bent) … (verzuimd|nagelaten|vergeten)
  (u|je|jij) … te laat (gemeld|ingediend|gereageerd|betaald|opgezegd|doorgegeven|aangegeven|geretourneerd|teruggestuurd|besteld)
  (heeft|hebt|is door) (u |je )?(\w+ ){0,5}(verkeerd|onjuist|foutief) (ingevuld|gebruikt|doorgegeven|aangesloten|opgegeven|ingevoerd|gelezen|begrepen|geïnstalleerd|gekozen|gehandeld|ingesteld|gemonteerd)
  (u|je|jij) (heeft|hebt|had) (\w+ ){0,5}niet (\w+ ){0,2}(gelezen|gecontroleerd|gereageerd|opgelet|doorgegeven|gemeld|betaald|ingevuld|gebeld|gehouden|opgevolgd|nagekeken)
  (dat|doordat|omdat|als|indien) (u|je) … niet (\w+ ){0,3}(heeft|hebt|had) (gelezen|gecontroleerd|gereageerd|opgelet|doorgegeven|gemeld|betaald|ingevuld|gebeld|gehouden|opgevolgd)
  (als|indien|wanneer) (u|je) … (had|hadden) (gelezen|gekeken|gebeld|gecontroleerd|gemeld|opgelet|gelet|gevraagd|ingevuld)
  had(den)? kunnen (weten|lezen|zien|voorkomen)
  zelf (verantwoordelijk|aansprakelijk|veroorzaakt|schuldig|debet|schuld)
  (verkeerd|onjuist|onzorgvuldig|onoordeelkundig) gebruik
  gebruikersfout(en)?
  (ligt|lag) ((echt|toch|volledig|geheel|helemaal|dus|waarschijnlijk) )*aan (uzelf|u|jou|jezelf)
  $$);
perform pg_temp.phrases('blame', 'en', 'mark', null, $$
  you (really |also )?(should|could|ought to)( really| also| simply)?('ve| have) (?!(received|been|had|got|gotten|heard)\M)\w+
  you (have |'ve |had )?(failed|neglected|forgot|forgotten|omitted|refused) to
  your (failure|refusal|neglect) to
  your own (fault|mistake|responsibility|error|doing|negligence|actions?)
  (is|was|due to|because of|through|by|to) (entirely |purely |simply |clearly )?your (own )?(fault|mistake|error|negligence|carelessness|oversight)
  (if|had) (only )?you('d)? (had )?(only |just |actually |properly |carefully )*(read|checked|told|called|contacted|followed|informed|reported|asked|looked|let us know)
  as you (should|could|would|ought to) (have )?(know|known|read|seen)
  you (must|should) (already )?have known
  you (did not|didn't|never|have not|haven't) (properly |correctly |even |bother to |actually |carefully |fully )*(read|check|checked|follow|followed|tell|told|inform|informed|report|reported|respond|responded|contact|contacted|pay|paid|fill|filled|complete|completed|let|provide|provided|enter|listen|understand)
  you (incorrectly|wrongly|mistakenly|carelessly) \w+
  you('ve| have)? (entered|filled|installed|assembled|selected|chosen|chose|gave|given|typed|provided|used) (in |us )?(the wrong|a wrong|an incorrect|an invalid|an old)
  you('ve| have)? (\w+) … (incorrectly|improperly)
  (misuse|improper use|incorrect use|user error)
  you (are|were) (yourself |solely |fully |partly )?(responsible|to blame|at fault)
  $$);

perform pg_temp.phrases('precondition', 'nl', 'mark', null, $$
  (toon|stuur|overleg|lever|vul|geef|mail|upload|betaal|meld|retourneer|verstrek|maak|log) (u )?(ons |mij )?(dan )?eerst
  (u|je) (moet|dient|zult|zal) (\w+ ){0,3}eerst
  (moet|dient|zult) (u|je) (\w+ ){0,3}eerst
  (wilt|kunt|zou) (u|je) (ons |mij )?eerst (uw|je|de|een|het|even|nog) … (sturen|mailen|tonen|doorgeven|aanleveren|invullen|opsturen|uploaden|overleggen|toesturen|betalen)
  (gelieve|graag) (\w+ ){0,3}eerst
  (ontvangen|willen|hebben|zien) (wij|we) (graag )?eerst (uw|de|een|het|van)
  zonder … \w*(bon|bewijs|factuur|nummer|foto|foto's|formulier|gegevens) … (niet|geen|niets)
  (niet|geen|niets) … zonder (\w+ ){0,3}\w*(bon|bewijs|factuur|nummer|foto|foto's|formulier)
  pas … (als|wanneer|nadat|zodra|indien) (u|je|wij|we)(?! (tevreden|akkoord|het (ermee |er mee )?eens)\M)
  (zodra|nadat|als|wanneer) (wij|we|u|je) … \w*(bon|bewijs|factuur|foto's|formulier|gegevens|stukken|documenten|nummer) … (ontvangen|gestuurd|binnen|aangeleverd|toegestuurd|overlegd)
  (alleen|slechts|uitsluitend|enkel) (\w+ ){0,3}(als|indien|wanneer|mits|op vertoon)
  op vertoon van
  alvorens (wij|we|ik)
  voordat (wij|we|ik) … (kunnen|kan)
  (u|je) (moet|dient|dienen|zult) … (aantonen|bewijzen|aan te tonen|te bewijzen|te overleggen|overleggen)
  (mits|tenzij|op voorwaarde dat) (u|je)
  $$);
perform pg_temp.phrases('precondition', 'en', 'mark', null, $$
  (please|kindly|could you|can you|would you) first (provide|send|show|submit|supply|give|upload|fill|complete|return|prove|log|create|forward|present|pay|contact)
  (please|kindly|could you|can you|would you|you must|you need to|you have to|you should) (provide|send|show|submit|supply|give|upload|fill|complete|return|prove|log|create|forward|present|pay|contact) … first
  you('ll| will)? (must|need to|have to|are required to|should) first
  (first|first of all)(,)? (you|we) (must|need to|will need|need you to|need your|have to|require|will have to)
  before (we|i) (can|could|will|are able to|am able to|process|proceed|look into|consider|investigate|take)
  without … (receipt|proof|invoice|number|photos?|form|id|ticket|packaging) … (cannot|can't|unable|not|won't|no)
  (no|cannot|can't|unable to|not able to|won't|will not|impossible to) … without … (receipt|proof|invoice|number|photos?|form|id|ticket|packaging)
  (cannot|can't|unable to|won't|will not|not able to|nothing) … (until|unless) (you|we)(?! (are|feel|say|tell|agree|want)\M)
  only … (if|once|after|when|upon) (you|we receive|we have|receipt|receiving)
  (provided|on condition) that you
  (once|as soon as|when|after) (you have|you've|we have|we've|we receive|you provide|you send) … (receipt|proof|invoice|form|documents|photos|number)
  you (must|need to|have to|are required to|will need to|will have to) (provide|prove|demonstrate|submit|produce|present|show|supply)
  unless you (can|provide|send|show|prove)
  $$);

perform pg_temp.phrases('jargon', 'nl', 'mark', 'daarom', $$
  (derhalve|mitsdien|dientengevolge)
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', 'over', $$
  (inzake|omtrent|aangaande|betreffende|met betrekking tot|ten aanzien van)
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', 'met, door', $$
  middels
  door middel van
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', 'om', $$
  teneinde
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', 'volgens', $$
  (conform|ingevolge|krachtens)
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', 'deze, dit', $$
  (desbetreffende|voornoemde?|bovengenoemde?|onderhavige?|bovenstaande|voormelde?)
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', 'terugbetaling, terugbetalen', $$
  (restitutie|gerestitueerd|restitueren|crediteren|gecrediteerd|creditnota)
  $$);
perform pg_temp.phrases('jargon', 'nl', 'mark', null, $$
  (alsmede|hieromtrent|dienaangaande|vigerende?|te dien einde|ter zake|in casu|casus|pro rata|prevaleren|mutaties?|debiteur(en)?|debiteurennummer)
  (RMA|SLA|KPI|ETA)( nummer|-nummer|'s)?
  (ticket|case|dossier)( id|-id|id)
  (geëscaleerd|escaleren|escalatieprocedure)
  (first|second|eerstelijns|tweedelijns|1e lijns|2e lijns)[- ]?(line|support|lijn)?
  (backoffice|back office|back-office)
  $$);
perform pg_temp.phrases('jargon', 'en', 'mark', null, $$
  (pursuant to|herewith|hereby|hereto|herein|heretofore|thereof|aforementioned|aforesaid|abovementioned|notwithstanding|inter alia|in respect of|with respect to|in lieu of|therein)
  (remittance|remediation|remediate|disbursement|pro[- ]?rated?|chargeback)
  (RMA|SLA|KPI|ETA)s?( number)?
  (ticket|case) id
  (tier|level)[- ](one|two|three|1|2|3)( support| team)?
  (escalation matrix|root cause analysis|back office|back-office|backoffice|workflow|deliverables?)
  (actioned|action this|revert back|kindly revert|do the needful|touch base|circle back|going forward)
  $$);
perform pg_temp.phrases('jargon', 'en', 'mark', 'use', $$
  utili[sz](e|es|ed|ing)
  $$);
perform pg_temp.phrases('jargon', 'en', 'mark', 'start', $$
  commenc(e|es|ed|ing)
  $$);
perform pg_temp.phrases('jargon', 'en', 'mark', 'find out', $$
  ascertain(ed|ing)?
  $$);

perform pg_temp.phrases('missing_empathy', 'nl', 'want', null, $$
  spijt (het )?(mij|me|ons)
  (sorry|excuses|excuus|verontschuldig\w*)
  (wat|heel|erg|ontzettend|enorm|zo|ook|buitengewoon) (vervelend|naar|jammer|frustrerend|teleurstellend|ellendig|onprettig|pijnlijk)
  (vervelend|naar|jammer|ellendig) (voor (u|je)|dat (u|je|uw)|om te)
  (ik|wij|we) (\w+ )?(begrijp|begrijpen|snap|snappen)(?! (\w+ ){0,4}(niet|niets|niks))
  (begrijp|snap|begrijpen|snappen) (ik|wij|we)(?! (\w+ ){0,4}(niet|niets|niks))
  begrijpelijk
  (kan|kunnen) (ik |wij |we )?(me|mij|ons) … voorstellen
  (me|mij|ons) … voor(stellen)? (dat|hoe)
  (u|je) (heeft|hebt) (\w+ )?gelijk
  terecht dat (u|je)
  (had|hadden|mag|hoort) (\w+ )?niet (mogen )?(gebeuren|mogen)
  (in de steek|teleur)(gelaten|gesteld| gelaten| gesteld)
  (wat|dat) (moet|zal) (\w+ )?(vervelend|schrikken|zuur|lastig|moeilijk|zwaar|frustrerend)
  $$);
perform pg_temp.phrases('missing_empathy', 'en', 'want', null, $$
  sorry
  (apologi[sz]e|apologi[sz]ing|apologies|apology)
  (i|we)( can| do| completely| fully| really| totally| quite)* (understand|imagine|appreciate|realise|realize|see) (how|why|that|what|your|the|this|it)
  (must|can) (be|have been|feel|have felt) (so |very |really |incredibly )*(frustrating|annoying|disappointing|upsetting|stressful|hard|difficult|awful|worrying)
  (how|so|very|really) (frustrating|annoying|disappointing|upsetting|stressful|awful|worrying)
  you('re| are| were) (absolutely |quite |completely )?right
  should (not|never) have (happened|been|had)
  (let|letting) you down
  you deserved? better
  $$);

perform pg_temp.phrases('repeat', 'nl', 'spare', null, $$
  (met )?(vriendelijke|hartelijke|warme) groet(en)?
  hoogachtend
  (beste|geachte|goedemorgen|goedemiddag|goedenavond|hallo|dag)
  namens
  $$);
perform pg_temp.phrases('repeat', 'en', 'spare', null, $$
  (kind|best|warm|kindest) (regards|wishes)
  yours (sincerely|faithfully|truly)
  (dear|hello|hi|hey|good (morning|afternoon|evening))
  on behalf of
  $$);
end $do$;

drop function pg_temp.phrases;
