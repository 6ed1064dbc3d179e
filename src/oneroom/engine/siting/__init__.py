"""
Where stations, posts and bases should stand: covering, median and centre questions on travel times, each with a proof.

Start here: `ground.Ground` (the facts), then `covering.lscp`, `covering.mclp`, `covering.mexclp`, `median.p_median`,
`center.p_center`. Every answer says how good it is: `ground.Sited.proven`, or else its bound and gap.
"""
