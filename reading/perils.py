"""The words of a claim: what was hit (subjects) and by what (perils), with what each is worth as evidence.

To teach the reading a new expression, add it to its row. `claim_types.py` says what the pairs mean.
"""

import re
from functools import lru_cache

from reading.evidence import Lexicon, Phrases, limited, phrases
from reading.openings import Passage

_MAKE = (
    "toyota|honda|ford|chevy|chevrolet|nissan|hyundai|kia|subaru|mazda|bmw|audi|mercedes(?:-benz)?|volkswagen"
    "|vw|volvo|lexus|acura|infiniti|tesla|jeep|dodge|chrysler|buick|cadillac|gmc|porsche|mini cooper"
    "|mitsubishi|fiat|renault|peugeot|skoda|vauxhall|opel|camry|corolla|civic|accord|cr-v|rav4|prius|altima"
    "|f-?150|f-?250|silverado|tacoma|tundra|outback|forester|impreza|elantra|sonata|sentra|jetta|passat"
    "|golf(?! (?:balls?|clubs?|course|carts?|bag))"
    "|wrangler|cherokee|mustang|malibu|equinox|tahoe|highlander|odyssey|sienna|rogue|cx-5|model [3sxy]"
    "|ram 1500|fiesta|focus|corsa|astra|insignia|polo|passat|tiguan|touran|clio|megane|twingo|captur|aygo"
    "|yaris"
    "|auris|micra|qashqai|juke|picasso|berlingo|ibiza|octavia|fabia|panda|punto|cinquecento|xc\\s?[469]0"
    "|v\\s?[4679]0"
    "|q[3578]|a[3468]|x[135]|sportage|sorento|picanto|tucson|santa fe|kona|i[1-3]0|explorer|bronco|ranger"
    "|mondeo"
    "|transit|sprinter|vivaro|pathfinder|versa|murano|cx-30|crosstrek|suburban|traverse|trax|citroen"
    "|seat leon"
    "|dacia|duster|suzuki|swift|smart|land rover|range rover|defender|jaguar|lancia|alfa romeo|maserati"
    "|rivian"
    "|polestar|byd|harley|vespa|yamaha|kawasaki|ducati|piaggio"
)
_MODEL_THAT_IS_A_WORD = (
    "(?:escape|mini|edge|leaf|pilot|fit|soul|spark|beetle|up|ka|note|rio|ghost|charger|challenger)"
)
VEHICLE = (
    "(?:cars?|vehicles?|trucks?|pick-?ups?|suvs?|vans?|minivans?|sedans?|coupe|hatchback|convertible"
    "|motorcycles?"
    f"|motorbike|moped|scooter|rv|camper(?:van)?|motorhome|autos?|automobile|lorry|lorries|taxi|cab|{_MAKE})"
)
_PART = (
    "(?:(?:sliding |front |rear |back |left |right |passenger |driver'?s? |side )*(?:doors?|mirrors?|bumpers?"
    "|fenders?|wing|flank|side|tailgate|hatch|quarter|sill|axle))"
)
_HOUSE = (
    "(?:house|home|apartment|condo|flat|townhouse|bungalow|cottage|residence|dwelling|building|duplex|cabin"
    "|farmhouse|property)"
)
_WHOSE = (
    r"(?:my|our|the|his|her|(?:wife|husband|daughter|son|partner)'s|company|\d{4}|parked|insured|rental|work"
    r"|leased)"
)
_DEER = (
    "(?:deer|elk|moose|bear|raccoon|coyote|boar|hog|pig|cow|calf|bull|horse|pony|donkey|sheep|goat|turkey"
    "|goose"
    "|geese|duck|swan|pheasant|bird|owl|eagle|vulture|kangaroo|fox|hare|rabbit|badger|possum|opossum"
    "|porcupine"
    "|skunk|armadillo|alligator|dog|cat|buck|doe|stag|antelope|elephant|animal"
    "|hawk|crow|pigeon|raven|(?:sea)?gull|chicken|hen|wolf|wolves|bat|heron|stork|peacock|llama|goats)s?"
)
_STRUCK = (
    "(?:hit|struck|scraped|clipped|bumped|dented|backed|reversed|rammed|crashed|shunted|smashed|ran|drove"
    "|tapped|nudged|grazed|brushed|slid|bashed|dinged|side-?swiped|knocked|plough?ed|plowed|collided"
    "|broadsided)"
)
_CONTACT = (
    "(?:hit|hits|struck|scraped|scraping|scratched|clipped|bumped|tapped|nudged|grazed|brushed|caught|touched"
    "|knocked|shoved|pushed|punted|shunted|rammed|smashed|swiped|collided|crashed|banged|reversed|reversing"
    "|backed(?! up)|backing|rolled|drove|ran|took|misjudged|crunched|went into|made contact|in contact)"
)
_ROAD_USER = (
    "(?:cyclist|pedestrian|motorcyclist|biker|jogger|bicycl\\w+|bus|school bus|coach|tram|streetcar"
    "|trolley ?car"
    "|train|tractor|forklift|golf cart|trailer|caravan|quad|digger|combine|dust ?cart|(?:shopping )?(?:cart"
    "|trolley))"
)
_OBSTACLE = (
    "(?:pole|tree|signpost|fence ?post|guard\\w*|mailbox|wall|curb|post|fence|hydrant|light|median"
    "|concrete|ditch|pothole"
    "|telephone|utility|lamp|lamppost|bollard|stop|barrier|rail|pillar|column|boulder|kerb|gate ?post|gate"
    "|hedge"
    "|embankment|verge|central reservation|height bar|(?:on|against) the bar|bay|ramp)"
)
_GLASS = (
    "(?:wind(?:shield|screen)|sunroof|moon ?roof|(?:rear|side|back|car|passenger|driver'?s?|quarter)"
    " (?:window|glass|light))"
)
_HEAVY = (
    "(?:tree|branch(?:es)?|limbs?|oak|pine|maple|birch|beech|fir|spruce|willow|poplar|elm|cedar|palm"
    "|plank|slab|panel|"
    "beam|pole|sign|icicles?|scaffold\\w*|brick|ladder|ice|snow(?! (?:chains|tyres|tires|plow|plough))|object"
    "|debris|rocks?|boulder|coconut|tile|billboard|crane|chimney pot)"
)
_LIMB = "(?:arm|leg|wrist|ankle|hip|collarbone|hand|foot|finger|shoulder|jaw|nose|toe)"
_GADGET = (
    "(?:phone|iphone|laptop|screen|ring|watch|camera|tablet|drone|earring|necklace|macbook|hearing aid"
    "|glasses)"
)
MOVED = (
    "(?:reversed|backed|pulled|rolled|turned|swerved|came|drove|ran|crashed|slid|went|drifted|veered|steered"
    "|merged|skidded|spun|moved|rode|cycled|skated)"
)
ACTOR = (
    "(?:somebody|someone|some (?:idiots?|punks?|jerks?|kids)|kids|teenagers|youths|youngsters|vandals"
    "|hooligans|thugs|(?:unknown )?offenders"
    "|drunks?|strangers?|crooks?|unknown (?:persons?|people|individuals?)|people|they|who(?:ever)?"
    "|an? (?:group|gang|bunch)"
    " of \\w+)"
)
"""Who does what is done on purpose."""
HARMED = (
    "(?:scratched|slashed|punctured|kicked|poured|threw|thrown|sprayed|splashed|painted|sawed|pried|jimmied"
    "|smashed(?! (?:right |straight )?(?:in|into|against)\\b)|tried to (?:steal|break|force|pry|prise)"
    "|cut (?:off"
    "|out|through)|helped|daubed|smeared|slit|stabbed"
    "|trashed"
    "|tampered|let down)"
)
SCRATCHED_WITH = (
    "(?:scratched?|scratches|carved|gouged?)\\b[^.]{0,50}\\bwith (?:a |his |her |their )?(?:\\w+ )?"
    "(?:keys?|nails?|knife|knives|screwdriver|blade|sharp \\w+)"
)
_CARRIED = (
    "(?:purse|handbag|bags?|backpack|rucksack|wallet|briefcase|suitcase|phone(?! number)|laptop|camera"
    "|tablet|sat-?nav"
    "|dash ?cam|jacket|coat|tools?|stroller|pram|jewel\\w+|watch|silver|cash|money|tv|television|computer"
    "|bicycles?"
    "|bikes?|parcels?|packages?|belongings|valuables)"
)
_CAR_PART = (
    "(?:wheels?|rims?|ty?i?res?|hubcaps?|airbags?|stereo|radio|badges?|(?:number |license )?plates?|battery"
    "|headlights?"
    "|seats?|catalytic converters?|converter|tailgate|spare(?: wheel)?|fuel|diesel|petrol|mirrors?)"
)
_FITTED = (
    "(?:wheels|rims|hubcaps?|stereo|radio|airbags?|(?:number |license )?plates?|battery|catalytic converter"
    "|navigation|spare(?: wheel)?)"
)
"""What a collision does not take off a car."""
_STOP = "(?:but|when|after|until|so|because|broke\\w*|damaged|smashed|fell|lost)\\b"
_TOOK = (
    "(?:took|taken|nicked|pinched|swiped|lifted|pilfered|grabbed|carried off|carted off|removed|unscrewed"
    "|sawn off"
    "|cut off|(?:made|ran|drove|walked|rode) off with)"
)
_NOT_STOLEN = r"(?! (?:to|into|in for|over|off by|by (?:a|the|an)|off (?:in|during))\b)"
STEALING = rf"""
    broke in(?! (?:two|half|pieces)) | snatch(?:ed|ers?|ing) | pick-?pocket\w* | mugg(?:ed|ing|ers?)
    joyrid\w+ | shoplift\w*
    (?:{ACTOR}|thieves|he|she|(?:two|three) \w+) (?:has |have |had \
    |must have )?{_TOOK}\b[^.,;]{{0,30}}?\b(?:{_CARRIED}|{_CAR_PART}|{VEHICLE}){_NOT_STOLEN}
    (?:somebody|someone|thieves) (?:has |have |had |must have )?(?:taken|{_TOOK}) (?:my|our\
    |the) \w+{_NOT_STOLEN}
    (?:{_CARRIED}|{_CAR_PART}|{VEHICLE})\b[^.,;]{{0,20}} (?:was|were|(?:has|have|had) been\
    |got) (?:\w+ )?(?:taken|nicked|pinched|pilfered|lifted|swiped|drained|unscrewed){_NOT_STOLEN}
    (?:nicked|pinched|pilfered|swiped)\b[^.,;]{{0,20}}\b(?:{_CARRIED}|{_CAR_PART}|{VEHICLE})
    (?:{_CARRIED}|wheels|rims|ty?i?res|stereo|radio) (?:(?:was|were|are|is|all|both|four) ){{0,3}}(?:gone\
    |missing)
    (?:{_CARRIED}|{_CAR_PART}) (?:\w+ )?(?:nicked|pinched|pilfered|swiped)
    (?:{_CARRIED}|wheels|{VEHICLE})(?: \w+){{0,3}} (?:was|were|is|are)(?:n't| not| no longer) (?:there\
    |(?:in (?:the|its) \w+ )?where (?:i|we|he|she|it)\b)
    (?:{_CARRIED}|{_FITTED}|(?:glove ?box |boot |trunk )?contents)\b(?:,? (?!{_STOP})[\w']+){{0,6}},?\
    \s(?:gone|missing|vanished|disappeared)
    catalytic converter (?:\w+ ){{0,4}}(?:gone|missing|taken|cut|removed|swiped|sawed|sawn|ripped|nicked)
    (?:cut|cutting|sawed|sawn|sawing|took|taken|removed|ripped|hacked)\b[^.;]{{0,20}}\bcatalytic converter
    airbags? (?:\w+ ){{0,3}}(?:ripped|cut|torn) (?:out|from|off)
    (?:drive|driveway|parking (?:spot|space)|space|carport|garage) was empty
    (?:tank|fuel tank) (?:\w+ ){{0,4}}(?:drilled|emptied|punctured|siphoned)
    (?:had|has|with) no (?:wheels|rims|(?:number |license )?plates) | on (?:bricks|blocks|axle stands)
    it's (?:just |been )?gone
    (?:popped|picked|drilled|forced|jimmied|jemmied|broke|punched)(?: out)? (?:the|my|our|a) (?:\w+ )?locks?
    (?:went|gone|going|rummaged|rifled) through (?:everything|(?:my|our|the) (?:car|van|truck|things|bags?\
    |glove))
    lock (?:was )?(?:drilled|punched|forced|picked)
    helped (?:them|him|her)sel(?:f|ves) | (?:carried|carted) off (?:my|our|the) | ransacked | intruders?
    (?:{ACTOR}|burglars|thieves)\b[^.]{{0,20}} (?:forced|prised|pried|jemmied|jimmied|levered)
    (?:{ACTOR}) (?:has |had )?(?:got|came|climbed|broken|entered\
    |gained entry)(?: in)?(?:to)?(?: \w+){{0,4}} (?:through|via|by)
"""
"""Ways to tell of a theft without the word."""
_SPATTER = (
    "(?:paint|acid|eggs?|tar|brake fluid|glue|concrete|oil|excrement|f(?:a?e)ces|bleach|paint stripper)"
)
SPOILING = rf"""
    (?:all|both|two|three|four|several|\d) (?:of )?(?:(?:my|the|our|its|front|rear\
    |back) )*(?:\w+ )?ty?i?res\b[^.]{{0,40}}\
    \b(?:punctured|slit|stabbed|cut|flattened|let down|deflated|knifed)
    ran (?:a|his|her|their) (?:key|nail|coin|knife|blade)s? | key (?:marks?|scratch\w*) | keying
    {_SPATTER} (?:\w+ )?(?:sprayed|poured|thrown|splashed|smeared|daubed|dumped|emptied|tipped|all over)
    (?:sprayed|poured|threw|splashed|smeared|daubed|emptied|tipped\
    |dumped)\b[^.]{{0,30}}\b{_SPATTER}\b[^.]{{0,30}}\b(?:over|on|onto|at|across)
    (?<!hit )(?<!struck )by (?:unknown|unidentified) (?:persons?|people|individuals?|parties|offenders?\
    |perpetrators?|hands?)
    (?:smashed|bashed|kicked|punched|beaten|hit|battered)\b[^.]{{0,20}} with (?:an? )?(?:\w+ )?(?:hammer|bat\
    |brick|crowbar|iron bar|golf club|axe)
    dragged (?:something|an? \w+)\b[^.]{{0,20}} (?:down|along|across)
    (?:(?:soft|convertible|cabrio\w*) (?:top|roof)|tarp\w*|tonneau\w*|canvas)\b[^.;]{{0,40}} (?:cut|slit\
    |slashed|sliced)
    (?:broken|kicked|knocked|ripped|torn|bent|smashed|damaged|scratched|dented)(?: off| in| down\
    | up)? by (?:some |a \
    |the )?(?:drunk\w*|kids?|teenagers?|vandals|youths?|someone|somebody|people|hooligans|rioters|passers-?by)
    persons? unknown | hooligans? | (?:the )?perpetrators? | vandals? | defaced | wanton\w* | tampered with
    scrawled
    (?:jumped|stamped|stomped|danced|walked|trampled|climbed)(?: up)? (?:on|over|across)(?:to)? (?:the|my\
    |our)\b(?: \w+){{0,3}}? (?:bonnet|hood|roof of|car|boot|trunk)
    {ACTOR} (?:had |has |have )?set (?:light|fire) to
    (?:was|were|been) set (?:on fire|alight|ablaze)(?! by (?:the|an?|our|my)\b)
    torched | deliberate
    (?:scratched|carved|scored|etched) into (?:my|the|our) (?:\w+ )?(?:paint\w*|door|bonnet|hood|car)
"""
"""Ways to tell of damage done on purpose."""
_NO_FIRE = (
    "(?:place|wood|works|wall|proof|hydrant|pit|station|escape|alarm|extinguisher|department|truck|lane"
    "|marshal|dept|brigade|engine|fighter|coverage)"
)

SUBJECTS: dict[str, tuple[tuple[float, Phrases], ...]] = {
    "car": (
        (2, phrases(rf"{_WHOSE}\s+(?:\w+\s+){{0,2}}{VEHICLE}\b(?!\s*(?:insurance|policy|claim|coverage))")),
        (1, phrases(rf"{VEHICLE}\b(?!\s*(?:insurance|policy|port|seat))")),
        (3, phrases(
            rf"(?:on|onto|through|into|across|over|hit|crushed|damaged|dented|against) (?:[\w-]+ ){{0,5}}?"
            rf"(?:my|our|his|her) (?:\w+ )?{VEHICLE}"
        )),
        (2, phrases(r"""
            bumpers? | fenders? | windshield | windscreen | tail ?lights? | headlights? | trunk
            (?<!extractor )(?<!cooker )(?<!range )hood
            bonnet | (?:driver|passenger)(?:'s)?[ -]side | quarter panel | rear window | side mirror
            wing mirror | airbags? | catalytic converter | license plate | number plate | odometer | tires?
            tyres? | wheels? | rims? | hubcaps? | steering | tailgate | sunroof | auto body | body shop
            (?:driver(?:'s)?|passenger|car|quarter) (?:window|glass) | glove ?box
            paintwork | car park | parking (?:lot|garage|spot|space) | grille? | bonnet | wing mirror
            parking deck | wipers? | (?<!fire )engine(?! company) | underpass | motorway | freeway
            interstate
            (?:my|our|his|her|the) wind(?:shield|screen) | number plate | mirrors | hatch | boot lid
            gearbox | (?:front|rear) axle | radiator support
            """)),
        (2, phrases(rf"(?:my|our|his|her) (?:\w+ )?{_MODEL_THAT_IS_A_WORD}")),
    ),
    "home": (
        (2, phrases(
            rf"(?:my|our|the|entire|whole)\s+(?:\w+\s+)?{_HOUSE}\b"
            r"(?!\s*(?:phone|address|number|insurance|policy|town|depot|office|from))"
        )),
        (2, phrases(r"""
            roof | shingles? | siding | cellar | upstairs | downstairs | hallway | den | couch
            lounge | parquet | greenhouse | cladding | conservatory | slates? | tiles? | patio
            bathtub | flat above | hob | cooker | cupboards? | worktops? | countertops? | staircase
            furniture | carpet | gutters? | ceilings? | kitchen | attic | loft | basement | bedrooms?
            (?:living|family|dining|laundry|utility) room | bathroom | chimney | drywall | hardwood
            floorboards? | cabinets? | stove | oven | dryer | furnace | fireplace | sofa | curtains?
            (?<!parking )deck
            porch | patio | fence | shed | garage door | skylight | fascia | soffits? | eaves | insulation
            wiring | smoke (?:alarm|detector) | bay window | roofer | roofing | shutters? | pergola
            windowsill | gable | walls | hall | landing | bungalow | pergola | veranda | balcony | bins
            parquet
            (?:satellite )?dish | (?:ground|upper|first|top) floor | utility room | trampoline | marquee
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
            rear[- ]?end(?:ed|er|ing)? | broadsid\w+ | hit broadside | kerbed | curbed
            opened (?:her|his|their|a|the) (?:\w+ )?door (?:in)?to | t-?bon(?:ed|e) | side-?swip(?:ed|e)
            fender[- ]bender
            hit[- ]and[- ]run | head[- ]on | pile-?up | auto[- ]collision | multi-?car
            (?:car|truck|vehicle|suv|van) wreck
            (?:car|auto|automobile|traffic|road|vehicle|motor vehicle|highway) (?:accident|crash|collision\
            |wreck)
            """)),
        (4, phrases(rf"""
            collided | collision(?! coverage| deductible| center| repair| insurance| specialists) | crash
            (?:blew|went|drove|sped|shot|came|ran|jumped) (?:\w+ )?(?:through |past )?(?:a|the) (?:red \
            |stop )?(?:light|sign)
            red light | crashed into | ran (?:a|the|through a|through the) (?:red|stop|light) | stop sign
            lost control | skidded | slid (?:into|off|on) | hydroplan\w+ | aquaplan\w+ | swerved
            rolled over | rammed | slammed into | {_STRUCK}(?:\s\w+)?\s(?:me|us|another|someone)
            (?:pulled out (?:in front|into)|merged into|drifted into|wrecked) (?:me|us|my|our|the|a|his|her\
            |their) | cut (?:me|us) off | {_STRUCK}(?:\s+\w+){{0,3}}\s+(?:{VEHICLE}|{_PART}|{_OBSTACLE})
            (?:took|tore|knocked|ripped|sheared) off (?:the|my|our) (?:\w+ )?{_PART}
            shunted (?:me|into|from) | (?:hit |struck )?(?:me |us )?from behind
            over the (?:hood|handlebars|bonnet)
            {MOVED}(?:\s\w+){{0,7}}?\s(?:into|against)\s(?:the \w+ of )?(?:(?:me|us)\b|(?:my|our|the|his\
            |her|another|a)\
            (?:\s\w+){{0,2}}?\s(?:{VEHICLE}|{_PART}|lane))
            (?:ran|drove|went|crashed|slid|rolled|bumped|backed|smashed|plowed|reversed|banged)\
            \s(?:right |straight |hard )?into (?:the )?(?:back|rear|side|front|tail|trunk|boot)(?: end)?\b
            {_STRUCK}(?:\s+\w+){{0,3}}\s+(?:cyclist|pedestrian|motorcyclist|biker|jogger|bicycl\w+|bus|tram)
            (?:shopping )?(?:cart|trolley) (?:rolled|ran|hit|blew|crashed|bumped)
            (?:front ends|cars|vehicles|mirrors|bumpers) (?:have |had )?(?:touched|met|hit|collided|scraped)
            (?:knocked|ran|hit) (?:him|her|them|a \w+|the \w+) (?:off|down|over)
            (?:shoved|pushed|shunted|punted|bumped|bounced|squeezed|forced|crowded) (?:me|us|my \w+|our \w+\
            |it) (?:in)?(?:to|onto\
            |against|off)
            stepped (?:off|out)\b[^.]{{0,40}} in front of (?:me|us|my)
            (?:ended up|ran|drove|went|slid|spun)(?: \w+){{0,3}} (?:in|into|off) (?:the|a) (?:{_OBSTACLE}\
            |road|embankment)
            """)),
        (3, phrases(rf"""
            accident | other driver | at fault | failed to (?:yield|stop) | changed lanes | cut across
            (?:turned|pulled out|pulled in|swung|merged) (?:left |right )?(?:right |directly )?in front of
            ran off the road | blind spot | intersection | roundabout | brakes? | braked | whiplash
            tailgat\w+ | black ice | u-turn | jack-?knif\w+ | spun (?:around|out|into) | fish-?tail\w*
            (?:exchanged|swapped) (?:our )?(?:details|insurance|information|numbers|addresses)
            (?:was|were|got) (?:hit|struck|rammed|run over|knocked down|mown down) (?:while|when|as|on|at the)
            i (?:was|got) (?:hit|struck|rammed|run over|knocked (?:down|over|off))
            airbags? (?:\w+ )?(?:went off|deployed|opened|inflated|blew) | (?:cars|vehicles) in a row
            (?:reversed|backed|pulled out|turned|merged|changed lanes) without (?:looking|seeing|indicating\
            |signal\w+)
            crunch | cross-?walk | zebra crossing | pedestrian crossing
            hit by (?:an? |the )?(?:\w+ )?{VEHICLE}
            (?:came|fell|thrown|knocked|thrown) off (?:my|the|his|her) (?:motor)?(?:bike|cycle|scooter\
            |motorcycle|moped)
            (?:motor)?(?:bike|cycle|scooter|moped)\b[^.;]{{0,20}} (?:slipped|slid|skidded|went down|fell\
            |low-?sided|high-?sided) | (?:low|high)-?sided | laid (?:the|my) (?:bike|motorcycle) down
            (?:drove|went|ran|rode|hit|bumped|bounced) (?:\w+ )?(?:over|onto|up|on to|into|against) (?:an? \
            |the\
            |some )(?:[\w-]+ )?(?:island|kerb|curb|debris|rock|boulder|stone|tyre|tire|object|step)
            pedestrian | cyclist | oncoming | impact | right of way | gave way | give way | failed to give way
            (?:could|did)(?: not|n'?t) (?:avoid|stop|brake|see) | drifted (?:over|across|out)
            (?:scraped|scratched|hit|brushed|rubbed) (?:along|against) | in front of (?:me|us|my car)
            (?:door|fender|bumper|side|wing|flank|rear|front)(?: of (?:my|our|the) {VEHICLE})? (?:was |is \
            |has been\
            |been |all )*(?:pushed|caved|stove|staved|bent|smashed|bashed|crushed) in
            (?:pushed|shoved|shunted|squeezed|forced) (?:my|our|his|her) \w+ (?:against|into|onto|off)
            """)),
    ),
    "contact": (
        (4, phrases(rf"""
            {_CONTACT}\b[^.;]{{0,50}}?\b(?:{VEHICLE}|{_ROAD_USER}|{_OBSTACLE}|{_PART})
            (?:{VEHICLE}|{_ROAD_USER}|{_PART})\b[^.;]{{0,30}}?\b{_CONTACT}\b[^.;]{{0,30}}?\b(?:me|us|it|mine\
            |ours|{_PART})
            (?:{_PART}|corner|bodywork)\b[^.;]{{0,20}} (?:caved in|stove in|crumpled|crushed|torn|scraped\
            |ripped open)
        """)),
        (4, phrases(rf"""
            (?:ripped|tore|took|sheared|knocked)\b[^.;]{{0,20}}\b{_PART}\b[^.;]{{0,12}} off
            {_CONTACT}\b[^.;]{{0,20}}?\b(?:my|our|his|her) (?:\w+ )?(?:hood|bonnet|boot|trunk|grille)
            (?:hit|over|through|into|struck) (?:an? |the )?(?:\w+ )?(?:pot ?hole|sinkhole|speed bump|manhole)
        """)),
        (3, phrases(rf"(?:{VEHICLE}|{_PART}) (?:was |got |has been )?{_STRUCK}")),
        (3, phrases(r"""
            parking (?:mishap|bump|accident|scrape|incident) | prang(?:ed)? | bump in (?:the|a)
            (?:a|minor|little|small) bump
            """)),
    ),
    "animal": (
        (7, phrases(rf"""
            (?:hit|struck|collided with|ran (?:in)?to|(?:ran|drove) over|swerv\w+|collision with\
            |smashed into|impact with\
            |crash\w* into)\s+(?:\w+\s+){{0,2}}{_DEER}
            (?<!my )(?<!our ){_DEER}[\s,]+(?:[\w']+[\s,]+){{0,4}}(?:jump(?:ed|s)?|ran|runs?|leapt|leaped\
            |leaps|darted|bolted|cross(?:ed|es)?|came|comes|hit|struck|in front|stepped|appeared|sprang\
            |dashed\
            |flew|wandered|strayed|opened|climbed|tore|charged|attacked|trampled|pecked|clawed|kicked\
            |scratched|(?:standing\
            |lying|walking) (?:on|in) the|did(?: not|n't) survive|(?:is|was)\
            \s(?:dead|killed))
            killed (?:an?|the|one) (?:\w+ )?{_DEER}
            """)),
        (6, phrases(r"""
            (?:rodents?|mice|rats?|squirrels?|raccoons?|mouse)\b[^.]{0,60}\b(?:chew\w*|wir(?:es|ing)|nest\w*\
            |harness|hood|engine) | deer (?:strike|collision|hit) | chewed (?:through|up)
            (?:marten|weasel|rodents?|mice|rats?)\b[^.]{0,40}\b(?:bit\w*|gnaw\w*|ate|eaten|cables?|hoses?)
            gnawed
            """)),
    ),
    "theft": (
        (5, phrases(rf"""
            {STEALING}
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
            {SPOILING}
            {SCRATCHED_WITH}
            {ACTOR} (?:had |has |have |just |then |\w+ly )?{HARMED}
            vandal\w* | keyed | graffiti | spray[- ]?paint\w* | egged | slashed | malicious(?:ly)?
            sugar in | scratched (?:up )?(?:by|with|all|down|deliberate\w*|on purpose)
            deliberate(?:ly)? (?:damage\w*|scratch\w*)
            smashed (?:the|my|our|a|out|in|both|all|every) (?:\w+ ){{0,3}}windows? | brick through | rioters?
            (?:poured|threw|thrown|splashed|scratched|carved|sprayed|painted)\b[^.]{{0,40}}\b(?:over|on|onto\
            |into|at)\
            \s(?:the \w+ of )?(?:my|our) (?:car|van|truck|hood|bonnet|door|windows?) | let the air out
            {ACTOR} (?:has |had |have |then )?(?:sprayed|painted|poured|threw|splashed|smeared|scrawled)\
            \b[^.]{{0,50}}\b(?:over|on|onto|across|into|at)\b
            mischief | kicked (?:in|off|my) | bashed(?! into)
            someone (?:had )?(?:scratched|smashed|dented|broke)(?! into)
            """)),
    ),
    "glass": (
        (6, phrases(rf"""
            (?:broke|broken|smashed|shattered|bashed|punched|kicked)(?: in| out)? (?:(?:the|my|our|a|all\
            |both|its) )?\
            (?:\w+ ){{0,2}}windows?
            windows?\b(?: \w+){{0,4}} (?:was|were|got|been|is|are) (?:\w+ )?(?:broken|smashed|shattered\
            |bashed|kicked|punched)
            {_GLASS}\b[^.]{{0,60}}\b(?:crack\w*|chip\w*|shatter\w*|spider\w*|pitted|star|broke\w*|smash\w*\
            |replac\w*|ding|pieces|shards|smithereens)
            (?:crack\w*|chip(?:ped)?|starred|shatter\w*|broke|smashed)\b[^.]{{0,40}}\b(?:windshield\
            |windscreen\
            |sunroof) | (?:rock|stone|gravel|pebble|debris)\b[^.]{{0,60}}\b(?:windshield|windscreen|glass)
            """)),
    ),
    "falling": (
        (6, phrases(rf"""
            {_HEAVY}\b[^.]{{0,50}}\b(?:fell|fallen|falling|came down|dropped|toppled|landed|collapsed\
            |punched|pierced|broke (?:off|loose)|came (?:off|loose)|split|gave way|uprooted|snapped|crushed\
            |blew|blown)
            {_HEAVY}\b[^.]{{0,50}}\bcrashed (?:down|on|onto|through)
            (?:fell|fallen|falling|landed|dropped|came down|toppled|snapped)(?! (?:off|from\
            |out of))\b[^.]{{0,25}}\b{_HEAVY}
            crushed (?:by|under|my|the) | (?:trees?|limbs?|branch(?:es)?|poles?) (?:\w+ )?down
            {_HEAVY}\b[^.;]{{0,40}} leaning (?:on|against) (?:my|our|the)
            garage door (?:\w+ )?(?:came|fell|dropped|closed) (?:\w+ )?(?:on|onto) (?:my|our|the)
            {_HEAVY}\b[^.]{{0,25}}\bslid (?:off|down)[^.]{{0,50}} | lying (?:on|across) (?:my|our|the)
            (?:roof|garage|carport|shed|wall)\b[^.]{{0,20}} (?:gave in|caved in|collapsed)
            {_HEAVY} (?:broke|smashed|damaged|hit|struck|went through) (?:my|our|the)
            landed (?:right |directly |squarely )?(?:on|in|across) (?:my|our|the)
            """)),
    ),
    "hail": (
        (6, phrases("hail(?:ed|ing|stones?|storm|storms)? | golf[- ]?ball[- ]sized | pea[- ]sized")),
    ),
    "storm": (
        (5, phrases(r"""
            tornado(?:es)? | hurricane | (?:wind|sand|dust)storm | squalls? | thunderstorm | blizzard
            derecho | winds? | gale
            gusts? | cyclone | typhoon | nor'?easter | microburst | ice dams? | ice storm | snow load
            meltwater
            weight of (?:the )?(?:wet )?(?:snow|ice) | ice (?:on|at|in|along) the (?:eaves|gutters?|roof)
            heavy snow(?:fall)? | wet snow | tropical storm | storm
            twister | bl(?:ew|own) (?:off|down|away|over|onto|in|into|against|across|from|about\
            |through(?! (?:the|a) (?:\w+ )?(?:light|sign|intersection|junction)))
            ripped (?:off|away) | torn off | tarp(?:ed)? | roof leak\w*
            rain(?:water)? (?:came|poured|leak\w*|got|entered|damage|ruined|soaked|ran|seeped|blew)
            rain\b[^.;]{0,25} (?:came|got|ran) (?:in|under|through|into) | rained (?:in|into|through)
            (?:roof|shed|fence|panels?|trampoline|gazebo|marquee|tent|parasol)\b[^.;]{0,12} flew
            (?:driving|heavy|torrential|pouring) rain | downpour | cloudburst | snowstorm | sleet | tempest
            """)),
    ),
    "lightning": (
        (5, phrases("lightning")),
    ),
    "fire": (
        (6, phrases(rf"""
            fire(?! ?{_NO_FIRE}) | flames? | blaze | burn(?:ed|t|ing) (?:down|through|up|to|the|our|my|out)
            smoke (?:damage|filled|everywhere|throughout|and soot|poured) | soot | arson | ignit\w+
            charred | explosion | exploded | engulfed | scorched | fire (?:damage|report|marshal'?s? report)
            (?:was|were|is|are|started|began|still) (?:already |badly )?(?:burning|burnt|burned|alight)
            (?:wild|bush|brush|forest|house) ?fires? | smell\w* of (?:smoke|burning) | alight | ablaze
            sooty | blew up | smoke (?:residue|odou?r|smell|came|got|spread|pours)
            burning (?:oil|fat|pan|candle|log|ember|cigarette|wood|food|plastic|building|house|roof) | gutted
            full of smoke | fire ?works?(?! (?:display|show)) | fire ?crackers?
            chimney caught | chip pan | (?:caught|catching) (?:light|the curtains?)
            (?:attic|loft|roof|kitchen|room|house|flat|shed|garage|barn|home|cabin|place) (?:\w+ )?(?:burned\
            |burnt|burns)
            (?:fat|oil)\b[^.]{{0,30}} (?:went up|caught) | (?:hot )?ashes
            (?:caught|set|went) alight | smou?lder\w* | short[- ]circuit\w* | (?:embers|sparks)
            (?:house|home|cabin|apartment|garage|kitchen) (?:burned|burnt)
            """)),
        (3, phrases(r"""
            (?:fire ?fighters?|fire (?:department|dept|brigade|service|crew|trucks?|engines?)) | extinguish\w*
            (?:roof|deck|fence|porch|curtains?|carpet|cabinets?|it) (?:\w+ )?(?:burned|burnt)(?! (?:my|his\
            |her)\b)
            smoke inhalation | inhal\w+ (?:the )?smoke | smoke alarm | smoke detector | melted | overheated
            burn marks | candles? | firemen | (?:burnt|burned)(?! (?:my|his|her|their|hand|hands|on|himself\
            |herself|myself)\b) | batter(?:y|ies) (?:went up|caught|swelled|overheated)
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
        (5, phrases(r"""
            flood(?:ed|ing|s|waters?)? | submerged | under ?water | burst its banks
            high water | river (?:\w+ )?(?:came|rose|burst|overflow\w*)
            (?:foot|feet|inch|inches|cm|cent\w+) of water
            (?:up to|over) (?:the|its) (?:\w+ )?(?:windows?|doors?|seats?|axles?|bonnet|hood|dashboard\
            |sills?)\b[^.]{0,12} (?:in|under) water | stood in water
            """)),
    ),
    "illness": (
        (4, phrases(r"""
            (?:the|children's|local) er | a&e | gall ?bladder | c(?:a?e)sarean | was born
            birth of (?:my|our) | dentist | dental | orthodont\w+
            eye (?:exam\w*|test|doctor) | optician | insulin | physio\w* | osteopath\w* | acupuncture
            angiogra\w+ | endoscop\w+ | palpitations | heart (?:cent(?:er|re)|clinic) | cardiac\w*
            allerg(?:y|ies|ist)
            (?:bill|invoice|visit|appointment)\b[^.;]{0,12} (?:dr|doctor)\b | gyn(?:a?e)colog\w+
            pa?ediatric\w+ | cyst
            inhaler | miscarriage | tumou?r | cancer | chest pains?
            operat(?:ed|ion) (?:up)?on (?:at|in|by|for)
            psych(?:olog|iatr|other)\w+ | vaccin\w+ | cataract | dialysis | transfusion | ultrasound
            hearing aids? | dentures? | braces | implants?
            spectacles | contact lenses | in plaster | (?:on|in) (?:a|the) ward
            operated (?:up)?on | (?:had|having) (?:an?|my|his|her) (?:\w+ )?operat(?:ion|ed)
            (?:plate|pins?|screws?|stent) in (?:my|his|her) | prescri(?:bed|ption)\w* | wisdom t(?:oo|ee)th
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
            labor and delivery | gp | surgeon | clinic | pharmacy | medicines? | medication | hospital | nurse
            (?:a|the) (?:filling|crown|brace|cast) | specialist | operation | blood tests? | overnight stay
            admission | observation
            """)),
    ),
    "liability": (
        (6, phrases(r"""
            wants? (?:money(?! back)|compensation|damages|us to pay|me to pay)
            (?:hold|holds|holding) (?:us|me) (?:responsible|liable)
            (?:compensation|damages|money) from (?:us|me) | (?:charge|bill)s? (?:it )?to (?:us|me)
            our (?:dog|cat|child|son|daughter)\b[^.]{0,50} caused
            """)),
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
            vet(?:erinary)? (?:bills?|clinic|visit) | pet insurance | (?:the|my|our) vet
            (?:cat|dog|puppy|kitten|pet|rabbit)\b[^.]{{0,40}} (?:swallowed|ate|eaten|operated|limp\w*)
            disability (?:claim|benefits)
            unable to work | workers'? comp\w* | life insurance | death benefit | passed away
            business interruption | appliance (?:failed|broke) | food spoilage | yacht | sank
            boat (?:sank|capsized|engine|hit)
            """)),
    ),
}  # fmt: skip

_SIGNS = Lexicon(((peril, weight), pattern) for peril, rows in PERILS.items() for weight, pattern in rows)
_MOST_OF_A_SIGN = 2


@lru_cache(maxsize=512)  # more than one reader asks for the sentences of a narrative
def signs_in(sentence: Passage) -> list[tuple[str, float, list[re.Match[str]]]]:
    """The perils that a sentence has phrases of, each with the phrases' weight and their first matches."""
    found = (
        (peril, weight, list(limited(pattern, sentence, _MOST_OF_A_SIGN)))
        for (peril, weight), pattern in _SIGNS.possible(sentence)
    )
    return [(peril, weight, matches) for peril, weight, matches in found if matches]
