"""The words of a claim: what was hit (subjects) and by what (perils), with what each is worth as evidence.

To teach the reading a new expression, add it to its row. `claim_types.py` says what the pairs mean.
"""

from orchestration.agents.reading.evidence import Lexicon, Phrases, phrases

_MAKE = (
    "toyota|honda|ford|chevy|chevrolet|nissan|hyundai|kia|subaru|mazda|bmw|audi|mercedes(?:-benz)?|volkswagen"
    "|vw|volvo|lexus|acura|infiniti|tesla|jeep|dodge|chrysler|buick|cadillac|gmc|porsche|mini cooper"
    "|mitsubishi|fiat|renault|peugeot|skoda|vauxhall|opel|camry|corolla|civic|accord|cr-v|rav4|prius|altima"
    "|f-?150|f-?250|silverado|tacoma|tundra|outback|forester|impreza|elantra|sonata|sentra|jetta|passat|golf"
    "|wrangler|cherokee|mustang|malibu|equinox|tahoe|highlander|odyssey|sienna|rogue|cx-5|model [3sxy]"
    "|ram 1500|fiesta|focus"
)
VEHICLE = (
    "(?:cars?|vehicles?|trucks?|pick-?ups?|suvs?|vans?|minivans?|sedans?|coupe|hatchback|convertible"
    "|motorcycles?"
    f"|motorbike|scooter|rv|camper|autos?|automobile|lorry|taxi|{_MAKE})"
)
_PART = (
    "(?:(?:sliding |front |rear |back |left |right |passenger |driver'?s? )*(?:doors?|mirror|bumper|fender"
    "|wing))"
)
_HOUSE = (
    "(?:house|home|apartment|condo|flat|townhouse|bungalow|cottage|residence|dwelling|building|duplex|cabin"
    "|farmhouse|property)"
)
_WHOSE = (
    r"(?:my|our|the|his|her|(?:wife|husband|daughter|son|partner)'s|company|\d{4}|parked|insured|rental|work"
    r"|leased)"
)
_DEER = "(?:deer|elk|moose|bear|raccoon|coyote|boar|hog|cow|horse|turkey|goose|kangaroo|fox|buck|doe|stag)"
_STRUCK = (
    "(?:hit|struck|scraped|clipped|bumped|dented|backed|reversed|rammed|crashed|shunted|smashed|ran|drove"
    "|slid|bashed|dinged|side-?swiped|knocked|plough?ed|plowed|collided)"
)
_OBSTACLE = (
    "(?:pole|tree|guard\\w*|mailbox|wall|curb|post|fence|hydrant|light|median|concrete|ditch|pothole"
    "|telephone|utility|lamp|bollard|stop|barrier|rail|pillar|boulder)"
)
_GLASS = "(?:wind(?:shield|screen)|sunroof|moon ?roof|(?:rear|side|back|car|passenger|driver'?s?) window)"
_HEAVY = (
    "(?:tree|branch(?:es)?|limbs?|oak|pine|maple|pole|sign|icicles?|scaffold\\w*|brick|ladder|ice|snow|object"
    "|debris|rocks?|boulder|coconut|tile|billboard|crane|chimney pot)"
)
_LIMB = "(?:arm|leg|wrist|ankle|hip|collarbone|hand|foot|finger|shoulder|jaw|nose|toe)"
_GADGET = (
    "(?:phone|iphone|laptop|screen|ring|watch|camera|tablet|drone|earring|necklace|macbook|hearing aid"
    "|glasses)"
)
MOVED = (
    "(?:reversed|backed|pulled|rolled|turned|swerved|came|drove|ran|crashed|slid|went|drifted|veered|steered"
    "|merged|skidded|spun|moved)"
)
ACTOR = (
    "(?:somebody|someone|some (?:idiots?|punks?|jerks?|kids)|kids|teenagers|youths|vandals|thugs|strangers?"
    "|unknown (?:persons?|people|individuals?)|people|they)"
)
"""Who does what is done on purpose."""
HARMED = (
    "(?:scratched|slashed|punctured|kicked|poured|threw|thrown|sprayed|splashed|painted|sawed|pried|jimmied"
    "|smashed|tried to (?:steal|break|force)|cut (?:off|out|through)|helped)"
)
SCRATCHED_WITH = (
    "(?:scratched?|scratches|carved|gouged?)\\b[^.]{0,50}\\bwith (?:a |his |her |their )?(?:\\w+ )?"
    "(?:keys?|nails?|knife|knives|screwdriver|blade|sharp \\w+)"
)
_NO_FIRE = (
    "(?:place|wood|works|wall|proof|hydrant|pit|station|escape|alarm|extinguisher|department|truck|lane"
    "|marshal|dept|brigade|engine|fighter|coverage)"
)

SUBJECTS: dict[str, tuple[tuple[float, Phrases], ...]] = {
    "car": (
        (2, phrases(rf"{_WHOSE}\s+(?:\w+\s+){{0,2}}{VEHICLE}\b(?!\s*(?:insurance|policy|claim|coverage))")),
        (1, phrases(rf"{VEHICLE}\b(?!\s*(?:insurance|policy|port|seat))")),
        (2, phrases(r"""
            bumpers? | fenders? | windshield | windscreen | tail ?lights? | headlights? | hood | trunk
            bonnet | (?:driver|passenger)(?:'s)?[ -]side | quarter panel | rear window | side mirror
            wing mirror | airbags? | catalytic converter | license plate | number plate | odometer | tires?
            tyres? | wheels? | rims? | hubcaps? | steering | tailgate | sunroof | auto body | body shop
            paintwork | car park | parking (?:lot|garage|spot|space)
            """)),
    ),
    "home": (
        (2, phrases(
            rf"(?:my|our|the|entire|whole)\s+(?:\w+\s+)?{_HOUSE}\b"
            r"(?!\s*(?:phone|address|number|insurance|policy|town|depot|office|from))"
        )),
        (2, phrases(r"""
            roof | shingles? | siding | cellar | upstairs | downstairs | hallway | den | couch
            lounge | parquet | greenhouse | cladding | conservatory | slates? | tiles? | patio
            bathtub | flat above
            furniture | carpet | gutters? | ceilings? | kitchen | attic | loft | basement | bedrooms?
            (?:living|family|dining|laundry|utility) room | bathroom | chimney | drywall | hardwood
            floorboards? | cabinets? | stove | oven | dryer | furnace | fireplace | sofa | curtains? | deck
            porch | patio | fence | shed | garage door | skylight | fascia | soffits? | eaves | insulation
            wiring | smoke (?:alarm|detector) | bay window | roofer | roofing | shutters? | pergola
            dwelling | homeowners? | contents | personal belongings | uninhabitable | conservatory
            """)),
    ),
    "thing": (
        (3, phrases(r"""
            phone | laptop | luggage | suitcase | baggage | bicycle | bike | e-bike | boat | yacht | jet ski
            jewel(?:le)?ry | (?:engagement|wedding|diamond) ring | necklace | watch | camera | drone
            tablet | ipad | macbook | dog | cat | pet | vet(?:erinar\w+)? | flight | airline | trip | cruise
            vacation | hotel | violin | guitar | instrument
            """)),
    ),
}  # fmt: skip

PERILS: dict[str, tuple[tuple[float, Phrases], ...]] = {
    "collision": (
        (6, phrases(r"""
            rear[- ]?end(?:ed|er|ing)? | t-?bon(?:ed|e) | side-?swip(?:ed|e) | fender[- ]bender
            hit[- ]and[- ]run | head-on | pile-?up | auto[- ]collision | multi-?car
            (?:car|truck|vehicle|suv|van) wreck
            (?:car|auto|automobile|traffic|road|vehicle|motor vehicle|highway) (?:accident|crash|collision\
            |wreck)
            """)),
        (4, phrases(rf"""
            collided | collision(?! coverage| deductible| center| repair| insurance| specialists) | crash
            red light | crashed into | ran (?:a|the|through a|through the) (?:red|stop|light) | stop sign
            lost control | skidded | slid (?:into|off|on) | hydroplan\w+ | aquaplan\w+ | swerved
            rolled over | rammed | slammed into | {_STRUCK}(?:\s\w+)?\s(?:me|us|another|someone)
            (?:pulled out (?:in front|into)|merged into|drifted into|wrecked) (?:me|us|my|our|the|a|his|her\
            |their) | cut (?:me|us) off | {_STRUCK}(?:\s+\w+){{0,3}}\s+(?:{VEHICLE}|{_PART}|{_OBSTACLE})
            (?:took|tore|knocked|ripped|sheared) off (?:the|my|our) (?:\w+ )?{_PART}
            shunted (?:me|into|from) | (?:hit |struck )?(?:me |us )?from behind
            over the (?:hood|handlebars|bonnet)
            {MOVED}(?:\s\w+){{0,7}}?\s(?:into|against)\s(?:(?:me|us)\b|(?:my|our|the|his|her|another|a)\
            (?:\s\w+){{0,2}}?\s(?:{VEHICLE}|{_PART}|lane))
            (?:ran|drove|went|crashed|slid|rolled|bumped|backed|smashed|plowed|reversed|banged)\
            \s(?:right |straight |hard )?into (?:the )?(?:back|rear|side|front|tail|trunk|boot)(?: end)?\b
            {_STRUCK}(?:\s+\w+){{0,3}}\s+(?:cyclist|pedestrian|motorcyclist|biker|jogger|bicycl\w+|bus|tram)
            (?:shopping )?(?:cart|trolley) (?:rolled|ran|hit|blew|crashed|bumped)
            (?:ended up|ran|drove|went|slid|spun)(?: \w+){{0,3}} (?:in|into|off) (?:the|a) (?:{_OBSTACLE}\
            |road|embankment)
            """)),
        (3, phrases(r"""
            accident | other driver | at fault | failed to (?:yield|stop) | changed lanes | cut across
            (?:turned|pulled out|pulled in|swung|merged) (?:left |right )?(?:right |directly )?in front of
            ran off the road | blind spot | intersection | roundabout | brakes? | braked | whiplash
            tailgat\w+ | black ice | u-turn | jack-?knif\w+ | spun (?:around|out|into) | fish-?tail\w*
            (?:could|did)(?: not|n't) (?:avoid|stop|brake|see) | drifted (?:over|across|out)
            (?:scraped|scratched|hit|brushed|rubbed) (?:along|against) | in front of (?:me|us|my car)
            (?:my|our|the) (?:\w+ )?(?:door|fender|bumper|side|wing) (?:was )?(?:pushed|caved|stove|bent) in
            """)),
    ),
    "animal": (
        (7, phrases(rf"""
            (?:hit|struck|collided with|ran (?:in)?to|swerv\w+|collision with|smashed into|impact with\
            |crash\w* into)\s+(?:\w+\s+){{0,2}}{_DEER}
            {_DEER}\s+(?:\w+\s+){{0,4}}(?:jumped|ran|leapt|leaped|darted|bolted|crossed|came|hit|struck\
            |in front|stepped|appeared|sprang|dashed)
            """)),
        (6, phrases(r"""
            (?:rodents?|mice|rats?|squirrels?|raccoons?|mouse)\b[^.]{0,60}\b(?:chew\w*|wir(?:es|ing)|nest\w*\
            |harness|hood|engine) | deer (?:strike|collision|hit) | chewed (?:through|up)
            """)),
    ),
    "theft": (
        (5, phrases(rf"""
            stolen | stole | theft | thief | thieves | robbed | robbery | burglar\w* | burgled
            broke(?:n)? into | break-?in | car-?jack\w* | (?:was|had|have) (?:gone|disappeared|vanished)
            missing from | swiped my | took off with | made off with | hot-?wired | smash[- ]and[- ]grab
            pickpocket\w*
            (?:wheels|rims|ty?i?res|airbags?|stereo|radio|mirrors?|tools|seats|plates?|bikes?)\
            \s(?:was|were|have been|had been|got) (?:taken|removed|pulled|unscrewed|ripped)
            helped themselves | on bricks | larceny | looted | saw(?:ed|n)
            cut (?:off|out) (?:my|the|our) | gone missing
            {VEHICLE}(?: (?:\w+ ){{0,3}}(?:has|had|have))? (?:just |simply )?(?:disappeared|vanished)
            siphoned | (?:car|truck|vehicle|van|suv|bike|motorcycle|it) (?:was|is) (?:just |been )?gone
            """)),
    ),
    "vandalism": (
        (6, phrases(rf"""
            {SCRATCHED_WITH}
            vandal\w* | keyed | graffiti | spray[- ]?paint\w* | egged | slashed | malicious(?:ly)?
            sugar in | scratched (?:up )?(?:by|with|all|down|deliberate\w*|on purpose)
            deliberate(?:ly)? (?:damage\w*|scratch\w*)
            smashed (?:the|my|our|a|out|in|both|all|every) (?:\w+ ){{0,3}}windows? | brick through | rioters?
            (?:poured|threw|thrown|splashed|scratched|carved|sprayed|painted)\b[^.]{{0,40}}\b(?:over|on|onto|into|at)\
            \s(?:the \w+ of )?(?:my|our) (?:car|van|truck|hood|bonnet|door|windows?) | let the air out
            {ACTOR} (?:has |had |have |then )?(?:sprayed|painted|poured|threw|splashed|smeared|scrawled)\
            \b[^.]{{0,50}}\
            \b(?:over|on|onto|across|into|at)\b
            mischief | kicked (?:in|off|my) | bashed | someone (?:had )?(?:scratched|smashed|dented|broke)
            """)),
    ),
    "glass": (
        (6, phrases(rf"""
            {_GLASS}\b[^.]{{0,60}}\b(?:crack\w*|chip\w*|shatter\w*|spider\w*|pitted|star|broke\w*|smash\w*\
            |replac\w*|ding)
            (?:crack\w*|chip(?:ped)?|shatter\w*|broke|smashed)\b[^.]{{0,40}}\b(?:windshield|windscreen\
            |sunroof) | (?:rock|stone|gravel|pebble|debris)\b[^.]{{0,60}}\b(?:windshield|windscreen|glass)
            """)),
    ),
    "falling": (
        (6, phrases(rf"""
            {_HEAVY}\b[^.]{{0,50}}\b(?:fell|fallen|falling|came down|dropped|toppled|landed|collapsed\
            |broke (?:off|loose)|came (?:off|loose)|split|gave way|uprooted|snapped|crushed|blew|blown)
            {_HEAVY}\b[^.]{{0,50}}\bcrashed (?:down|on|onto|through)
            (?:fell|fallen|falling|landed|dropped|came down|toppled|snapped)\b[^.]{{0,25}}\b{_HEAVY}
            crushed (?:by|under|my|the)
            landed (?:right |directly |squarely )?(?:on|in|across) (?:my|our|the)
            """)),
    ),
    "hail": (
        (6, phrases("hail(?:ed|ing|stones?|storm|storms)? | golf[- ]?ball[- ]sized | pea[- ]sized")),
    ),
    "storm": (
        (5, phrases(r"""
            tornado(?:es)? | hurricane | windstorm | thunderstorm | blizzard | derecho | winds? | gale
            gusts? | cyclone | typhoon | nor'?easter | microburst | ice dam | ice storm | snow load
            weight of the snow
            heavy snow(?:fall)? | wet snow | tropical storm | lightning | storm
            twister | blew (?:off|down|away|over)
            ripped (?:off|away) | torn off | tarp(?:ed)? | roof leak\w*
            rain(?:water)? (?:came|poured|leak\w*|got|entered|damage|ruined|soaked|ran|seeped|blew)
            (?:driving|heavy|torrential|pouring) rain | downpour | cloudburst | snowstorm | sleet | tempest
            """)),
    ),
    "fire": (
        (6, phrases(rf"""
            fire(?! ?{_NO_FIRE}) | flames? | blaze | burn(?:ed|t|ing) (?:down|through|up|to|the|our|my|out)
            smoke (?:damage|filled|everywhere|throughout|and soot|poured) | soot | arson | ignit\w+
            charred | explosion | exploded | engulfed | scorched | fire (?:damage|report|marshal'?s? report)
            (?:was|were|is|are|started|began|still) (?:already |badly )?(?:burning|burnt|burned|alight)
            (?:caught|set|went) alight | smou?lder\w* | short[- ]circuit\w* | (?:embers|sparks)
            (?:house|home|cabin|apartment|garage|kitchen) (?:burned|burnt)
            """)),
        (3, phrases(r"""
            (?:fire ?fighters?|fire (?:department|dept|brigade|service|crew|trucks?|engines?)) | extinguish\w*
            smoke alarm | smoke detector
            """)),
    ),
    "plumbing": (
        (5, phrases(r"""
            burst pipe | pipe burst | pipes? (?:had )?(?:burst|froze\w*|broke|leak\w*) | frozen pipes?
            (?:water heater|boiler|washing machine|dishwasher|radiator)\b[^.]{0,40}\
            \b(?:burst|leak\w*|fail\w*|broke|overflow\w*|ruptured|gave out)
            sewage | sewer | backed up (?:into|through) | toilet over\w+
            overflow\w* | plumbing leak | slow leak
            (?:bath|tub|bathtub|sink|toilet|shower)\b[^.]{0,30}\b(?:ran over|overflow\w*|leak\w*)
            """)),
    ),
    "damp": (
        (4, phrases("water heater | washing machine | dishwasher | mold | sump pump | water damage")),
    ),
    "flood": (
        (5, phrases(r"flood(?:ed|ing|s|waters?)? | submerged | under ?water")),
    ),
    "illness": (
        (4, phrases(r"""
            surgery | hospitali[sz]\w* | hospital stay | appendi\w+ | emergency room | urgent care
            diagnosed | mri | inpatient | outpatient | ct scan | x-?rays? | chemo\w* | biops\w+
            colonoscopy | physical therapy | cpt
            medical (?:claim|bills?|expenses?|treatment|procedure|services?|care|reimbursement)
            procedure codes? | health (?:claim|insurance|plan)
            itemi[sz]ed (?:medical |hospital )?(?:bill|statement) | stitches | (?:knee|hip) replacement
            gallbladder | arthroscop\w+ | sutures | kidney stones? | pneumonia | stroke | heart attack
            childbirth | c-section | gave birth | maternity | dermatolog\w+ | cardiolog\w+ | orthop\w+
            dental (?:surgery|work) | root canal | allergic reaction | asthma | infection
            reimbursement for (?:my|the|a) (?:surgery|procedure|treatment|visit|hospital)
            """)),
        (2, phrases(rf"""
            admitted | discharged | treated | treatment | symptoms? | pain | fever | fracture[ds]?
            sprain\w* | broken {_LIMB} | broke (?:my|his|her) {_LIMB} | doctor | physician | procedure
            anesthesia | ambulance | prescription | copay | out-of-network | in-network | patient
            concussion | hernia | tonsil\w+ | torn (?:acl|meniscus|ligament|rotator cuff)
            labor and delivery | specialist | operation | blood test
            """)),
    ),
    "liability": (
        (6, phrases(r"dog bit\w* | bitten by | liabilit(?:y|ies) claim | sued | lawsuit | guest was (?:hurt"
                    r"|injured)")),
    ),
    "travel": (
        (7, phrases(r"""
            lost (?:luggage|baggage|suitcase) | luggage (?:was|never|did|got) | baggage
            trip (?:cancel\w*|interruption) | flight (?:was |got )?(?:cancel\w*|delayed)
            travel (?:insurance|claim|policy) | missed (?:our|my) (?:flight|connection)
            cancel(?:led|ed|ing)? (?:our|my|the) (?:trip|vacation|cruise|flight|holiday)
            """)),
    ),
    "loss": (
        (6, phrases(rf"""
            (?:dropped|cracked|broke|lost|misplaced|spilled \w+ (?:on|over|into))\s+(?:my|the|our|his\
            |her)\s+(?:\w+\s+){{0,2}}{_GADGET} | identity theft | cyber ?attack | ransomware
            vet(?:erinary)? (?:bills?|clinic|visit) | pet insurance | disability (?:claim|benefits)
            unable to work | workers'? comp\w* | life insurance | death benefit | passed away
            business interruption | appliance (?:failed|broke) | food spoilage | yacht | sank
            boat (?:sank|capsized|engine|hit)
            """)),
    ),
}  # fmt: skip

SIGNS = Lexicon(((peril, weight), pattern) for peril, rows in PERILS.items() for weight, pattern in rows)
"""Each peril's phrases with the peril and their weight."""
