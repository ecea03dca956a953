"""Short and pet forms of first names, so that Katie is looked for where Catherine is on record. Pure.

Written by us from general knowledge of names in use in England: no list was copied. Each line holds names that one
person may go by; a name may stand in several lines. It is short on purpose: spelling and sound find the rest, and a
family's own name for a child belongs into "known as".
"""

from functools import cache

_GROUPS = """
abigail abi abbie abby gail
adam ad
alexander alexandra alex alec sandy xander sasha lexi sandra
alfred alfie fred freddie
alice ali allie
amelia millie amy mia emily
andrew andy drew
ann anne anna annie nan nancy
anthony antony tony ant
arthur art artie
barbara barb babs
benjamin ben benji benny
bernadette bernie
beatrice bea trixie
bradley brad
cameron cam
caroline carol carrie caz
catherine katherine kathryn katharine cathy kathy kate katie kat kitty kath
charles charlie chuck chas
charlotte charlie lottie char
christina christine chris chrissie tina
christopher chris kit topher
daniel dan danny
danielle dani
david dave davey
deborah deb debbie
dominic dom
dorothy dot dotty dolly
edward ed eddie ned ted teddy
eleanor ellie nell nora elle
elizabeth eliza liz lizzie beth betty libby lisa elsie bess
emily em emma millie
ethan eth
fatima fatimah fatma
florence flo flora florrie
frances francis fran frankie frank
frederick fred freddie freddy
gabriel gabriella gabe gabby
george georgie
georgina georgia georgie gina
gerald gerard gerry jerry
grace gracie
gregory greg
harriet hattie harry
harold harry hal
henry harry hal hank
isabella isabelle isobel izzy bella belle issy
isaac zac ike
jacob jake
jacqueline jackie
james jim jimmy jamie
jane janet jenny janie
jennifer jen jenny
jessica jess jessie
joanne joanna jo
john johnny jack jon
jonathan jon jonny
joseph joe joey
josephine jo josie
joshua josh
judith judy jude
julia juliet julie jules
katarzyna kasia kaska
kenneth ken kenny
kimberley kim
laura laurie
lawrence laurence larry laurie
leonard leo len lenny
leslie les
lewis lou louis louie
lillian lily lilly lil
louisa louise lou
lucy lucia lulu
madeleine maddie
malgorzata gosia
margaret maggie meg peggy margie daisy rita greta
maria marie mary molly polly mimi
martin marty
matilda tilly mattie
matthew matt matty
maximilian max
maya mia
megan meg
melanie mel
melissa mel missy lissa
michael mick mike micky mikey
michelle shell chelle
mohammed muhammad mohamed mohammad muhammed mohamad mo
natalie nat natasha tasha
nathan nathaniel nate nat
nicholas nick nicky nico
nicola nicole nicky nikki
oliver ollie
olivia liv livvy ollie
oscar ozzie
pamela pam
patricia pat patsy trish tricia
patrick pat paddy
penelope penny
peter pete
philip phil pip
phoebe phebe
piotr piotrek
rachel rach
raymond ray
rebecca becky becca bex
reginald reg reggie
richard rick ricky dick rich
robert rob robbie bob bobby bert
ronald ron ronnie
rosemary rose rosie
roxanne roxy
samantha sam sammy
samuel sam sammy
sarah sara sal sally sadie
scarlett scar
sebastian seb bas
sian shan
simon si
sophia sophie sofia
stephanie steph stevie
stephen steven steve stevie
susan susanna suzanne sue susie suzie
tabitha tabby
terence terry
theodore theo ted teddy
theresa teresa terry tess tessa
thomas tom tommy
timothy tim
tobias toby
tomasz tomek
valerie val
veronica ronnie vera
victoria vicky vicki tori
vincent vince vinny
walter wally walt
wendy wen
william will bill billy liam willy
winifred win winnie freda
yousef yusuf youssef joseph
zachary zac zach zack
zoe zoey
"""


@cache
def _table() -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for line in _GROUPS.split("\n"):
        names = line.split()
        for name in names:
            forms.setdefault(name, set()).update(names)
    return {name: frozenset(others - {name}) for name, others in forms.items()}


def other_forms(name: str) -> frozenset[str]:
    """Other forms of one folded first name; empty when none is known."""
    return _table().get(name, frozenset())


def is_other_form(one: str, other: str) -> bool:
    """Whether two folded first names are forms of one name."""
    return other in other_forms(one)
