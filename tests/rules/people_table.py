"""Who is told, where, with which words, and why not the others: written by hand, before the code that makes it true.

One row a line: the facts that are not ordinary | who, as what, where | each step that was refused, with its reason.

Ordinary: the account's CSM is dana, its owner omar, it has no opportunity, its own channel can be used, everybody is in Slack
and an agent in Zendesk, nothing is corrected.

Facts   csm, owner  a person below, or "-" nobody, "left" inactive, "pool", "scale", "like" (looks like a pool), "nomail"; csm also
                    "hidden" (the field may not be read) and "text" (a name in a text field)
        opp         owners of the opportunities, the newest first, joined by "+"
        org, notes  what Zendesk has as text: "dana" or "scale"
        named, said  who in Slack has the name that a text has ("-" nobody, "late" could not be asked), and who an engineer said it is
        away, off, unknown, deaf, guest  people who are away (by their status), deactivated in Slack, unknown to Slack, whom Slack could not be asked
                    about, or end users in Zendesk; several are joined by "+"
        dnd, nap    people whose notifications in Slack are paused for ten days, or until the morning after the weekend
sf          "late" took too long, "unlinked" organization, "noorg"
        ch          the account's channel: "-" none, "archived", "nobot", "shared", "late"
        cor         corrections, joined by "+": WHERE:WHOM>INSTEAD, where WHERE is "acct", "other" (another account) or "any", with
                    "/ao" for one role only; WHOM is somebody or nothing; INSTEAD is a person, "next" or "nobody"; "!past" or
                    "!later" when it is not in force today
Who     the person, or "-"; "?" after the name: told of in words, not mentioned
What    csm, ao, opp (owner of the latest opportunity), old (of an earlier one), cor (named for this customer, or in somebody's place), or "-"
Where   own (the account's channel), group (direct message), row (the row's channel)
"""

CSM = """
                                        | dana csm own    |
csm=-                                   | omar ao own     | csm:empty
csm=scale                               | omar ao own     | csm:scale
csm=left                                | omar ao own     | csm:left
csm=pool                                | omar ao own     | csm:pool
csm=like                                | omar ao own     | csm:like
csm=nomail                              | omar ao own     | csm:nomail
csm=hidden                              | omar ao own     | csm:hidden
csm=text                                | omar ao own     | csm:name
csm=- org=dana                          | omar ao own     | csm:empty org:name
csm=- org=scale                         | omar ao own     | csm:empty org:scale
csm=- notes=scale                       | omar ao own     | csm:empty notes:scale
csm=- notes=dana                        | omar ao own     | csm:empty notes:name
csm=- org=dana notes=scale              | omar ao own     | csm:empty org:name notes:scale
csm=scale org=scale                     | omar ao own     | csm:scale org:scale
csm=scale notes=scale                   | omar ao own     | csm:scale notes:scale
csm=left notes=scale                    | omar ao own     | csm:left notes:scale
csm=hidden org=dana                     | omar ao own     | csm:hidden org:name
csm=hidden notes=scale                  | omar ao own     | csm:hidden notes:scale
csm=text notes=dana                     | omar ao own     | csm:name notes:name
csm=text named=-                        | omar ao own     | csm:nobodys
csm=text named=dana                     | omar ao own     | csm:ones
csm=text named=dana+joel                | omar ao own     | csm:twos
csm=text named=late                     | omar ao own     | csm:unasked
csm=text named=dana owner=left opp=grace | grace opp own  | csm:ones ao:left
csm=text named=dana said=dana           | dana csm own    |
csm=text named=dana+joel said=joel      | joel csm own    |
csm=text named=dana+joel said=joel ch=- | joel csm group  |
csm=text named=dana said=dana away=dana | omar ao own     | csm:away
csm=text named=dana said=dana off=dana  | omar ao own     | csm:off
csm=text named=dana said=dana unknown=dana | dana? csm own |
csm=text named=dana said=dana deaf=dana | dana? csm own   |
csm=text named=dana said=dana guest=dana | dana csm own   |
csm=text named=dana said=dana org=dana notes=dana | dana csm own |
csm=text named=dana said=dana cor=acct:dana>joel | joel cor own | csm:covered
csm=text named=dana said=dana cor=acct:dana>next | omar ao own | csm:refused
csm=text named=dana said=dana cor=acct:>joel | joel cor own |
csm=- org=dana named=dana               | omar ao own     | csm:empty org:ones
csm=- org=dana named=dana+joel said=dana | dana csm own   | csm:empty
csm=- notes=dana named=-                | omar ao own     | csm:empty notes:nobodys
csm=- notes=dana named=dana said=dana   | dana csm own    | csm:empty
csm=hidden org=dana named=dana said=dana | dana csm own   | csm:hidden
csm=left org=dana named=dana said=dana  | omar ao own     | csm:left org:name
sf=late org=dana named=dana said=dana   | dana csm group  | csm:down
sf=unlinked org=dana named=dana said=dana | dana csm group | csm:unlinked
sf=noorg named=dana said=dana           | - - row         | csm:noorg ao:noorg opp:noorg
org=scale                               | dana csm own    |
notes=scale                             | dana csm own    |
owner=-                                 | dana csm own    |
owner=left                              | dana csm own    |
owner=pool                              | dana csm own    |
opp=grace                               | dana csm own    |
csm=- owner=-                           | - - own         | csm:empty ao:empty opp:none
csm=- owner=left                        | - - own         | csm:empty ao:left opp:none
csm=- owner=pool                        | - - own         | csm:empty ao:pool opp:none
csm=- owner=like                        | - - own         | csm:empty ao:like opp:none
csm=- owner=nomail                      | - - own         | csm:empty ao:nomail opp:none
csm=- owner=scale                       | - - own         | csm:empty ao:scale opp:none
csm=scale owner=-                       | - - own         | csm:scale ao:empty opp:none
csm=scale owner=left                    | - - own         | csm:scale ao:left opp:none
csm=scale owner=pool                    | - - own         | csm:scale ao:pool opp:none
csm=left owner=left                     | - - own         | csm:left ao:left opp:none
csm=left owner=pool                     | - - own         | csm:left ao:pool opp:none
csm=hidden owner=-                      | - - own         | csm:hidden ao:empty opp:none
csm=- owner=- opp=grace                 | grace opp own   | csm:empty ao:empty
csm=- owner=left opp=grace              | grace opp own   | csm:empty ao:left
csm=- owner=pool opp=grace              | grace opp own   | csm:empty ao:pool
csm=- owner=like opp=grace              | grace opp own   | csm:empty ao:like
csm=- owner=nomail opp=grace            | grace opp own   | csm:empty ao:nomail
csm=scale owner=left opp=grace          | grace opp own   | csm:scale ao:left
csm=scale owner=pool opp=grace          | grace opp own   | csm:scale ao:pool
csm=left owner=pool opp=grace           | grace opp own   | csm:left ao:pool
csm=hidden owner=pool opp=grace         | grace opp own   | csm:hidden ao:pool
csm=text owner=left opp=grace           | grace opp own   | csm:name ao:left
csm=- owner=- opp=left+grace            | grace old own   | csm:empty ao:empty
csm=- owner=- opp=pool+grace            | grace old own   | csm:empty ao:empty
csm=- owner=- opp=like+grace            | grace old own   | csm:empty ao:empty
csm=- owner=- opp=grace+joel            | grace opp own   | csm:empty ao:empty
csm=- owner=- opp=left                  | - - own         | csm:empty ao:empty opp:left
csm=- owner=- opp=pool                  | - - own         | csm:empty ao:empty opp:pool
csm=- owner=- opp=like                  | - - own         | csm:empty ao:empty opp:like
csm=- owner=- opp=left+pool             | - - own         | csm:empty ao:empty opp:left
csm=- owner=- opp=nomail                | - - own         | csm:empty ao:empty opp:nomail
away=dana                               | omar ao own     | csm:away
away=dana org=dana                      | omar ao own     | csm:away
away=dana notes=dana                    | omar ao own     | csm:away
away=dana org=dana notes=dana           | omar ao own     | csm:away
away=dana org=scale                     | omar ao own     | csm:away org:scale
off=dana org=dana                       | omar ao own     | csm:off
cor=acct:dana>next org=dana             | omar ao own     | csm:refused
away=omar                               | dana csm own    |
away=dana+omar                          | - - own         | csm:away ao:away opp:none
away=dana+omar opp=grace                | grace opp own   | csm:away ao:away
away=dana+omar+grace opp=grace          | - - own         | csm:away ao:away opp:away
away=dana+omar+grace opp=grace+joel     | joel old own    | csm:away ao:away
csm=- away=omar                         | - - own         | csm:empty ao:away opp:none
csm=- away=omar opp=grace               | grace opp own   | csm:empty ao:away
csm=scale away=omar opp=grace           | grace opp own   | csm:scale ao:away
dnd=dana                                | omar ao own     | csm:dnd
dnd=omar                                | dana csm own    |
dnd=dana away=omar opp=grace            | grace opp own   | csm:dnd ao:away
dnd=dana+omar                           | - - own         | csm:dnd ao:dnd opp:none
dnd=dana+omar+grace opp=grace+joel      | joel old own    | csm:dnd ao:dnd
dnd=dana away=dana                      | omar ao own     | csm:away
dnd=dana off=dana                       | omar ao own     | csm:off
dnd=dana ch=-                           | omar ao group   | csm:dnd
csm=text named=dana said=dana dnd=dana  | omar ao own     | csm:dnd
cor=acct:dana>joel dnd=joel             | omar ao own     | csm:covered cor:dnd
cor=acct:dana>joel dnd=dana             | joel cor own    | csm:covered
nap=dana                                | dana csm own    |
nap=dana ch=-                           | dana csm group  |
csm=- nap=omar                          | omar ao own     | csm:empty
off=dana                                | omar ao own     | csm:off
off=dana+omar                           | - - own         | csm:off ao:off opp:none
off=dana+omar opp=grace                 | grace opp own   | csm:off ao:off
off=dana away=omar opp=grace            | grace opp own   | csm:off ao:away
csm=- off=omar opp=grace                | grace opp own   | csm:empty ao:off
unknown=dana                            | dana? csm own   |
deaf=dana                               | dana? csm own   |
csm=- unknown=omar                      | omar? ao own    | csm:empty
csm=- deaf=omar                         | omar? ao own    | csm:empty
csm=- owner=- opp=grace unknown=grace   | grace? opp own  | csm:empty ao:empty
guest=dana                              | dana csm own    |
csm=- guest=omar                        | omar ao own     | csm:empty
sf=late                                 | - - row         | csm:down ao:down opp:down
sf=late org=dana                        | - - row         | csm:down org:name ao:down opp:down
sf=late notes=scale                     | - - row         | csm:down notes:scale ao:down opp:down
sf=unlinked                             | - - row         | csm:unlinked ao:unlinked opp:unlinked
sf=unlinked notes=scale                 | - - row         | csm:unlinked notes:scale ao:unlinked opp:unlinked
sf=noorg                                | - - row         | csm:noorg ao:noorg opp:noorg
ch=-                                    | dana csm group  |
ch=archived                             | dana csm group  |
ch=nobot                                | dana csm group  |
ch=shared                               | dana csm group  |
ch=late                                 | dana csm group  |
ch=- unknown=dana                       | dana? csm row   |
ch=- deaf=dana                          | dana? csm row   |
ch=archived unknown=dana                | dana? csm row   |
ch=nobot unknown=dana                   | dana? csm row   |
ch=shared deaf=dana                     | dana? csm row   |
ch=- csm=-                              | omar ao group   | csm:empty
ch=- csm=scale                          | omar ao group   | csm:scale
ch=nobot csm=left                       | omar ao group   | csm:left
ch=archived csm=hidden                  | omar ao group   | csm:hidden
ch=- away=dana                          | omar ao group   | csm:away
ch=shared off=dana                      | omar ao group   | csm:off
ch=- csm=- owner=-                      | - - row         | csm:empty ao:empty opp:none
ch=archived csm=- owner=pool            | - - row         | csm:empty ao:pool opp:none
ch=nobot csm=- owner=left               | - - row         | csm:empty ao:left opp:none
ch=shared away=dana+omar                | - - row         | csm:away ao:away opp:none
ch=late csm=scale owner=pool            | - - row         | csm:scale ao:pool opp:none
ch=- csm=- owner=- opp=grace            | grace opp group | csm:empty ao:empty
ch=- csm=- owner=- opp=grace unknown=grace | grace? opp row | csm:empty ao:empty
cor=acct:>joel                          | joel cor own    |
cor=acct:>joel ch=-                     | joel cor group  |
cor=acct:>joel csm=-                    | joel cor own    |
cor=acct:>joel csm=scale owner=pool     | joel cor own    |
cor=acct:>joel unknown=joel             | joel? cor own   |
cor=acct:>joel unknown=joel ch=-        | joel? cor row   |
cor=acct:>joel deaf=joel                | joel? cor own   |
cor=acct:>joel guest=joel               | joel cor own    |
cor=acct:>joel away=joel                | dana csm own    | cor:away
cor=acct:>joel off=joel                 | dana csm own    | cor:off
cor=acct:>joel away=joel+dana           | omar ao own     | cor:away csm:away
cor=acct:>nobody                        | - - own         | cor:nobody
cor=acct:>nobody ch=-                   | - - row         | cor:nobody
cor=acct:>nobody csm=-                  | - - own         | cor:nobody
cor=acct/csm:>joel                      | joel cor own    |
cor=acct/ao:>joel                       | dana csm own    |
cor=acct/ao:>joel csm=-                 | omar ao own     | csm:empty
cor=acct/csm:>nobody                    | - - own         | cor:nobody
cor=other:>joel                         | dana csm own    |
cor=other:>nobody                       | dana csm own    |
cor=acct:>joel!past                     | dana csm own    |
cor=acct:>joel!later                    | dana csm own    |
cor=acct:>nobody!past                   | dana csm own    |
cor=acct:>nobody!later                  | dana csm own    |
cor=acct:>joel+acct:>grace              | grace cor own   |
cor=acct:>joel+acct:>nobody             | - - own         | cor:nobody
cor=acct:>nobody+acct:>joel             | joel cor own    |
cor=acct:>joel+acct:>grace!past         | joel cor own    |
cor=acct:dana>next                      | omar ao own     | csm:refused
cor=acct:dana>next csm=-                | omar ao own     | csm:empty
cor=acct:dana>next ch=-                 | omar ao group   | csm:refused
cor=acct:dana>next owner=-              | - - own         | csm:refused ao:empty opp:none
cor=acct:dana>next owner=pool opp=grace | grace opp own   | csm:refused ao:pool
cor=acct:dana>next owner=dana           | - - own         | csm:refused ao:refused opp:none
cor=acct:dana>next owner=dana opp=grace | grace opp own   | csm:refused ao:refused
cor=acct:dana>next owner=- opp=dana     | - - own         | csm:refused ao:empty opp:refused
cor=acct:dana>next owner=- opp=dana+grace | grace old own | csm:refused ao:empty
cor=acct:dana>next+acct:omar>next       | - - own         | csm:refused ao:refused opp:none
cor=acct:dana>next+acct:omar>next opp=grace | grace opp own | csm:refused ao:refused
cor=acct:dana>next away=omar opp=grace  | grace opp own   | csm:refused ao:away
cor=acct/csm:dana>next                  | omar ao own     | csm:refused
cor=acct/ao:dana>next                   | dana csm own    |
cor=acct/ao:omar>next csm=-             | omar ao own     | csm:empty
cor=other:dana>next                     | dana csm own    |
cor=acct:dana>next!past                 | dana csm own    |
cor=acct:dana>next!later                | dana csm own    |
cor=acct:dana>joel                      | joel cor own    | csm:covered
cor=acct:dana>joel ch=-                 | joel cor group  | csm:covered
cor=acct:dana>joel unknown=joel         | joel? cor own   | csm:covered
cor=acct:dana>joel away=joel            | omar ao own     | csm:covered cor:away
cor=acct:dana>joel off=joel             | omar ao own     | csm:covered cor:off
cor=acct:dana>joel csm=-                | omar ao own     | csm:empty
cor=acct:dana>joel away=dana            | joel cor own    | csm:covered
cor=acct:dana>nobody                    | - - own         | csm:nobody
cor=acct:dana>nobody ch=-               | - - row         | csm:nobody
cor=acct:dana>nobody csm=-              | omar ao own     | csm:empty
cor=acct:omar>nobody csm=-              | - - own         | csm:empty ao:nobody
cor=acct:omar>joel csm=-                | joel cor own    | csm:empty ao:covered
cor=acct:omar>joel csm=scale            | joel cor own    | csm:scale ao:covered
cor=acct:grace>joel csm=- owner=- opp=grace | joel cor own | csm:empty ao:empty opp:covered
cor=any:dana>joel                       | joel cor own    | csm:covered
cor=any:dana>next                       | omar ao own     | csm:refused
cor=any:dana>nobody                     | - - own         | csm:nobody
cor=any:dana>next!past                  | dana csm own    |
cor=any:dana>joel!later                 | dana csm own    |
cor=any/csm:dana>joel                   | joel cor own    | csm:covered
cor=any/ao:dana>joel                    | dana csm own    |
cor=any:omar>joel                       | dana csm own    |
cor=any:omar>joel csm=-                 | joel cor own    | csm:empty ao:covered
cor=any:omar>next csm=- opp=grace       | grace opp own   | csm:empty ao:refused
cor=any:dana>joel+acct:dana>grace       | grace cor own   | csm:covered
cor=acct:dana>grace+any:dana>joel       | grace cor own   | csm:covered
cor=any:dana>joel+acct:dana>next        | omar ao own     | csm:refused
cor=any:dana>next+acct:dana>joel        | joel cor own    | csm:covered
cor=any:dana>next+other:dana>joel       | omar ao own     | csm:refused
cor=acct:>dana+any:dana>joel            | joel cor own    | cor:covered
cor=acct:>dana+acct:dana>next           | omar ao own     | cor:refused csm:refused
cor=acct:>dana+acct:dana>nobody         | - - own         | cor:nobody
cor=acct:dana>joel+acct:joel>grace      | grace cor own   | csm:covered cor:covered
cor=acct:dana>joel+any:joel>grace       | grace cor own   | csm:covered cor:covered
cor=acct:dana>joel+acct:joel>next       | omar ao own     | csm:covered cor:refused
cor=acct:dana>joel+acct:joel>nobody     | - - own         | csm:covered cor:nobody
cor=acct:dana>joel+acct:joel>dana       | omar ao own     | csm:covered cor:circle
cor=any:dana>joel+any:joel>dana         | omar ao own     | csm:covered cor:circle
cor=acct:dana>left owner=left           | - - own         | csm:covered cor:left ao:left opp:none
cor=acct:dana>left owner=left unknown=left opp=grace | grace opp own | csm:covered cor:left ao:left
cor=acct:>left owner=left               | dana csm own    | cor:left
cor=acct:dana>left opp=left             | omar ao own     | csm:covered cor:left
cor=acct:dana>dana                      | omar ao own     | csm:circle
cor=acct:dana>joel+acct:joel>grace+acct:grace>dana | omar ao own | csm:covered cor:covered cor:circle
cor=any:dana>joel+any:joel>dana csm=-   | omar ao own     | csm:empty
cor=acct:>joel+any:joel>grace           | grace cor own   | cor:covered
cor=acct:>joel+acct:joel>next           | dana csm own    | cor:refused
cor=acct:>joel+any:joel>joel            | dana csm own    | cor:circle
cor=any:dana>joel sf=late               | - - row         | csm:down ao:down opp:down
cor=acct:>joel sf=late                  | joel cor group  |
cor=acct:>nobody sf=late                | - - row         | cor:nobody
cor=acct:>joel sf=unlinked              | - - row         | csm:unlinked ao:unlinked opp:unlinked
cor=acct:>joel sf=noorg                 | - - row         | csm:noorg ao:noorg opp:noorg
"""

# Row 3: the Account Owner is mentioned in the row's own channel.
AO = """
                                        | omar ao row     |
csm=-                                   | omar ao row     |
owner=-                                 | - - row         | ao:empty opp:none
owner=left                              | - - row         | ao:left opp:none
owner=pool                              | - - row         | ao:pool opp:none
owner=like                              | - - row         | ao:like opp:none
owner=nomail                            | - - row         | ao:nomail opp:none
owner=- opp=grace                       | grace opp row   | ao:empty
owner=left opp=grace                    | grace opp row   | ao:left
owner=pool opp=left+grace               | grace old row   | ao:pool
owner=pool opp=like                     | - - row         | ao:pool opp:like
away=omar                               | - - row         | ao:away opp:none
away=omar opp=grace                     | grace opp row   | ao:away
off=omar opp=grace                      | grace opp row   | ao:off
unknown=omar                            | omar? ao row    |
deaf=omar                               | omar? ao row    |
sf=late                                 | - - row         | ao:down opp:down
sf=unlinked                             | - - row         | ao:unlinked opp:unlinked
sf=noorg                                | - - row         | ao:noorg opp:noorg
cor=acct:>joel                          | joel cor row    |
cor=acct/csm:>joel                      | omar ao row     |
cor=acct/ao:>joel                       | joel cor row    |
cor=acct:omar>next                      | - - row         | ao:refused opp:none
cor=acct:omar>next opp=grace            | grace opp row   | ao:refused
cor=acct:omar>next opp=omar             | - - row         | ao:refused opp:refused
cor=acct/csm:omar>next                  | omar ao row     |
cor=acct:omar>nobody                    | - - row         | ao:nobody
cor=any:omar>joel                       | joel cor row    | ao:covered
cor=any:omar>joel away=joel             | - - row         | ao:covered cor:away opp:none
cor=any:omar>joel+any:joel>omar         | - - row         | ao:covered cor:circle opp:none
"""
