"""Loading an Annex A workbook (Ofsted's inspection lists) that a council's old system exported."""
